from django.urls import path

from apps.shop import views

app_name = "shop"

urlpatterns = [
    path("", views.catalog, name="catalog"),
    path("search/", views.search, name="search"),
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("parts/<path:sku>/", views.product, name="product"),
    path("<slug:slug>/", views.category, name="category"),
]
