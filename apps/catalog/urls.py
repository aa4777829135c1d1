from django.urls import path

from apps.catalog import views

app_name = "catalog"

urlpatterns = [
    path("", views.item_codes, name="item_codes"),
    path("rows/", views.item_codes_new, name="item_codes_new"),
    path("<slug:key>/", views.item_code, name="item_code"),
    path("<slug:key>/removal/", views.item_code_removal, name="item_code_removal"),
]
