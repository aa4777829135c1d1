from django.urls import path

from apps.core import views

app_name = "core"

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<slug:name>/", views.mail, name="mail"),
]
