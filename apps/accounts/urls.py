from django.urls import path

from apps.accounts import views

app_name = "accounts"

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("preferences/language/", views.language, name="language"),
    path("preferences/theme/", views.theme, name="theme"),
]
