from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("apps.portal.urls")),
    path("", include("apps.orders.urls")),
    path("", include("apps.approvals.urls")),
    path("notifications/", include("apps.notifications.urls")),
    path("account/", include("apps.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("company/numbers/", include("apps.catalog.urls")),
    path("company/", include("apps.orgs.urls")),
    path("", include("apps.shop.urls")),
    path("staff/", admin.site.urls),
]

handler500 = "apps.core.pages.server_error"

if settings.MAIL_DIR:
    urlpatterns.append(path("-/mail/", include("apps.core.urls")))
