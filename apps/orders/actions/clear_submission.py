from datetime import datetime

from django.db import connection

from apps.orders.models import Clearance, Submission


def clear_submission(*, submission: Submission, basis: str, reference: str, now: datetime) -> Clearance:
    """Give a submission the right to become an order. An inner step that only approvals may take.

    `basis` says why, `reference` is the number of the approval request, empty without one.
    """
    assert connection.in_atomic_block
    return Clearance.objects.create(
        organization_id=submission.organization_id,
        submission=submission,
        content_hash=submission.content_hash,
        basis=basis,
        reference=reference,
        created_at=now,
    )
