from django.urls import path

from apps.notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.index, name="index"),
    path("read/", views.all_read, name="all_read"),
    path("settings/", views.settings, name="settings"),
    path("<uuid:uid>/", views.notice, name="notice"),
]
