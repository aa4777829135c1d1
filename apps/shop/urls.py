from django.urls import include, path

from apps.shop.views import browsing, buying, compare, lists, quick

app_name = "shop"

products = [
    path("", browsing.catalog, name="catalog"),
    path("search/", browsing.search, name="search"),
    path("search/suggestions/", browsing.suggestions, name="suggestions"),
    path("lines/", buying.lines, name="lines"),
    path("price/", buying.price, name="price"),
    path("quick-order/", quick.quick_order, name="quick_order"),
    path("quick-order/lookup/", quick.lookup, name="quick_lookup"),
    path("quick-order/lines/", quick.lines, name="quick_lines"),
    path("quick-order/rows/", quick.rows, name="quick_rows"),
    path("quick-order/rows/removal/", quick.clearance, name="quick_clearance"),
    path("quick-order/rows/<uuid:uid>/", quick.row, name="quick_row"),
    path("quick-order/rows/<uuid:uid>/removal/", quick.row_removal, name="quick_row_removal"),
    path("parts/<path:sku>/", browsing.product, name="product"),
    path("files/<uuid:uid>/", browsing.product_file, name="product_file"),
    path("<slug:slug>/", browsing.category, name="category"),
]

purchasing_lists = [
    path("", lists.index, name="lists"),
    path("<uuid:uid>/", lists.purchasing_list, name="list"),
    path("<uuid:uid>/removal/", lists.removal, name="list_removal"),
    path("<uuid:uid>/lines/", lists.lines, name="list_lines"),
    path("<uuid:uid>/lines/removal/", lists.lines_removal, name="list_lines_removal"),
    path("<uuid:uid>/cart-lines/", lists.cart_lines, name="list_cart_lines"),
]

urlpatterns = [
    path("compare/", compare.compare, name="compare"),
    path("compare/removal/", compare.removal, name="compare_removal"),
    path("products/", include(products)),
    path("lists/", include(purchasing_lists)),
]
