from django.urls import path

from apps.shop.views import browsing

app_name = "shop"

urlpatterns = [
    path("", browsing.catalog, name="catalog"),
    path("search/", browsing.search, name="search"),
    path("search/suggestions/", browsing.suggestions, name="suggestions"),
    path("parts/<path:sku>/", browsing.product, name="product"),
    path("<slug:slug>/", browsing.category, name="category"),
]
