from datetime import datetime

from django.db import transaction

from apps.activity.actions.record_event import Audience, record_event
from apps.catalog.models import CustomerItemCode
from apps.catalog.queries.item_codes import may_keep_codes
from apps.core.errors import NotAllowed
from apps.orgs.models import Membership


@transaction.atomic
def remove_item_code(*, actor: Membership, key: str, now: datetime) -> CustomerItemCode:
    """Let an own number of the company name nothing any more.

    :raises NotAllowed: the actor does not keep the numbers of the company.
    """
    if not may_keep_codes(actor):
        raise NotAllowed
    row = CustomerItemCode.objects.visible_to(actor).locked().get(code_key=key)
    CustomerItemCode.objects.filter(pk=row.pk).delete()
    record_event(
        "catalog.item_code_removed",
        actor=actor,
        subject=actor.organization,
        now=now,
        audience=Audience(actor.organization_id, "company.log"),
        payload={"code": row.code},
    )
    return row
