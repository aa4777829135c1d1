from datetime import datetime

from django.db import connection

from apps.activity.actions.record_event import Audience, record_event
from apps.approvals.models import Request, RequestStep, StepApprover
from apps.approvals.rules import Route
from apps.core.permissions import Actor


def open_round(*, request: Request, route: Route, actor: Actor, now: datetime) -> list[RequestStep]:
    """Write the steps of a locked request's present round and ask the first people. An inner step of sending."""
    assert connection.in_atomic_block
    steps = RequestStep.objects.bulk_create(
        RequestStep(
            organization_id=request.organization_id,
            request=request,
            round=request.round,
            position=position,
            reasons=[reason.as_json() for reason in step.reasons],
            state=RequestStep.State.ACTIVE if position == 1 else RequestStep.State.WAITING,
            activated_at=now if position == 1 else None,
        )
        for position, step in enumerate(route.steps, 1)
    )
    StepApprover.objects.bulk_create(
        StepApprover(organization_id=request.organization_id, step=row, membership_id=person)
        for row, step in zip(steps, route.steps, strict=True)
        for person in step.people
    )
    record_event(
        "approvals.approval_requested",
        actor=actor,
        subject=request,
        now=now,
        audience=audience_of(request),
        payload={"step": str(steps[0].uid), "round": request.round},
    )
    return steps


def audience_of(request: Request) -> Audience:
    """Who may read about a request in the log."""
    return Audience(request.organization_id, "orders.view", request.unit_id, request.requester_id)
