from django.urls import path

from apps.approvals import views

app_name = "approvals"

urlpatterns = [
    path("carts/<uuid:uid>/submission/", views.submission, name="submission"),
    path("approvals/", views.inbox, name="inbox"),
    path("approvals/<uuid:uid>/", views.request_page, name="request"),
    path("approvals/<uuid:uid>/decision/", views.decision, name="decision"),
    path("approvals/<uuid:uid>/messages/", views.messages_of, name="messages"),
    path("approvals/<uuid:uid>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("approvals/<uuid:uid>/handover/", views.handover, name="handover"),
    path("company/rules/", views.policies, name="policies"),
    path("company/rules/try/", views.policy_try, name="policy_try"),
    path("company/rules/new/", views.policy, name="policy_new"),
    path("company/rules/<uuid:uid>/", views.policy, name="policy"),
    path("company/rules/<uuid:uid>/place/", views.policy_place, name="policy_place"),
    path("company/rules/<uuid:uid>/end/", views.policy_end, name="policy_end"),
]
