from django.urls import path

from apps.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.text, {"name": "help"}, name="help"),
    path("terms/", views.text, {"name": "terms"}, name="terms"),
    path("privacy/", views.text, {"name": "privacy"}, name="privacy"),
]
