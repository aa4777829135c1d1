"""What the tests of refusals go by: it must not let through what was written."""

from collections.abc import Callable

import pytest
from django.db import transaction

from apps.core.errors import NotAllowed
from apps.core.models import Stamp
from apps.orgs.models import Organization
from tests.refusals import refused


def change(company: Organization) -> None:
    Organization.objects.filter(pk=company.pk).update(legal_name="Another")


def add(company: Organization) -> None:
    Stamp.bump("nonsense")


def remove(company: Organization) -> None:
    Stamp.objects.filter(name="something").delete()


@pytest.mark.parametrize(
    ("write", "told"),
    [
        (change, "orgs.Organization .*: legal_name: Norrvik Shipyard -> Another"),
        (add, "core.Stamp .*name: None -> nonsense"),
        (remove, "core.Stamp .*name: something -> None"),
    ],
)
def test_a_refusal_that_wrote_first_fails(
    write: Callable[[Organization], None], told: str, norrvik: Organization
) -> None:
    Stamp.bump("something")

    with pytest.raises(AssertionError, match=told), refused(NotAllowed):
        write(norrvik)
        raise NotAllowed

    with refused(NotAllowed), transaction.atomic():
        write(norrvik)
        raise NotAllowed


def test_an_act_that_is_not_refused_fails(db: None) -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"), refused(NotAllowed):
        pass
