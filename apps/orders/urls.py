from django.urls import path

from apps.orders.views import carts, orders

app_name = "orders"

urlpatterns = [
    path("cart/", carts.current, name="current_cart"),
    path("ship-to/", carts.ship_to, name="ship_to"),
    path("carts/", carts.new, name="carts"),
    path("carts/<uuid:uid>/", carts.cart, name="cart"),
    path("carts/<uuid:uid>/choice/", carts.choice, name="cart_choice"),
    path("carts/<uuid:uid>/removal/", carts.removal, name="cart_removal"),
    path("carts/<uuid:uid>/changes/", carts.changes, name="cart_changes"),
    path("carts/<uuid:uid>/lines/", carts.lines, name="cart_lines"),
    path("carts/<uuid:uid>/last-change/removal/", carts.change_removal, name="cart_change_removal"),
    path("carts/<uuid:uid>/lines/<uuid:line_uid>/", carts.line, name="cart_line"),
    path("carts/<uuid:uid>/lines/<uuid:line_uid>/removal/", carts.line_removal, name="cart_line_removal"),
    path("orders/", orders.index, name="orders"),
    path("orders/export/", orders.export, name="orders_export"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/cancellation/", orders.cancellation, name="order_cancellation"),
    path("orders/<str:number>/repetition/", orders.repetition, name="order_repetition"),
]
