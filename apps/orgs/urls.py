from django.urls import path

from apps.orgs import views

app_name = "orgs"

urlpatterns = [
    path("switch/", views.membership_switch, name="membership_switch"),
    path("people/", views.people, name="people"),
    path("people/<uuid:uid>/", views.member, name="member"),
    path("people/<uuid:uid>/role/", views.member_role, name="member_role"),
    path("people/<uuid:uid>/suspension/", views.suspension, name="suspension"),
    path("people/invitations/", views.invitations, name="invitations"),
    path("people/invitations/<uuid:uid>/revocation/", views.invitation_revocation, name="invitation_revocation"),
    path("people/invitations/<uuid:uid>/renewal/", views.invitation_renewal, name="invitation_renewal"),
    path("invitations/<uuid:uid>/<slug:token>/", views.invitation, name="invitation"),
    path("addresses/", views.addresses, name="addresses"),
    path("addresses/new/", views.address, name="address_new"),
    path("addresses/<uuid:uid>/", views.address, name="address"),
    path("addresses/<uuid:uid>/state/", views.address_state, name="address_state"),
    path("cost-centers/", views.cost_centers, name="cost_centers"),
    path("cost-centers/new/", views.cost_center, name="cost_center_new"),
    path("cost-centers/<uuid:uid>/", views.cost_center, name="cost_center"),
    path("people/<uuid:uid>/roles/", views.role_elsewhere, name="role_elsewhere"),
    path("people/<uuid:uid>/roles/<int:pk>/removal/", views.role_elsewhere_removal, name="role_elsewhere_removal"),
    path("roles/", views.roles, name="roles"),
    path("roles/new/", views.role, name="role_new"),
    path("roles/<slug:code>/", views.role, name="role"),
    path("roles/<slug:code>/removal/", views.role_removal, name="role_removal"),
    path("units/", views.units, name="units"),
    path("units/new/", views.unit_new, name="unit_new"),
    path("units/<uuid:uid>/", views.unit, name="unit"),
    path("units/<uuid:uid>/place/", views.unit_place, name="unit_place"),
    path("units/<uuid:uid>/removal/", views.unit_removal, name="unit_removal"),
    path("log/", views.log, name="log"),
]
