"""Who acts, and what the codes of rights are. The rows behind them belong to orgs; this is what every app may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Actor(Protocol):
    """Whoever an action is done by; what an event keeps of them."""

    @property
    def user_id(self) -> int | None: ...

    @property
    def membership_id(self) -> int | None: ...

    @property
    def label(self) -> str: ...


class Member(Actor, Protocol):
    """A person in one company, seen from below orgs: enough to filter rows by."""

    organization_id: int

    @property
    def grants(self) -> "Mapping[str, Reach]": ...


@dataclass(frozen=True, slots=True)
class StaffActor:
    """A person of the supplier, acting in the admin."""

    user_id: int
    label: str
    membership_id: None = None


@dataclass(frozen=True, slots=True)
class PersonActor:
    """A person acting for themselves, in no company: accepting an invitation, changing their profile."""

    user_id: int
    label: str
    membership_id: None = None


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The clock, an import, a set-up command."""

    user_id: None = None
    membership_id: None = None
    label: str = ""


class StaffRole(models.TextChoices):
    """What a person of the supplier works at; the admin shows each role its own part."""

    SALES = "sales", pgettext_lazy("staff role", "Sales")
    WAREHOUSE = "warehouse", pgettext_lazy("staff role", "Warehouse")
    CATALOG = "catalog", pgettext_lazy("staff role", "Catalog")
    ADMINISTRATOR = "administrator", pgettext_lazy("staff role", "Administrator")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a permission holds: the whole company, some units, or only what is one's own."""

    everywhere: bool = False
    unit_ids: frozenset[int] = frozenset()
    own: bool = False

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(self.everywhere or other.everywhere, self.unit_ids | other.unit_ids, self.own or other.own)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.unit_ids) or self.own

    def includes(self, other: "Reach") -> bool:
        """Whether this reaches as far as the other; whoever has a right over others has it over their own."""
        return self.everywhere or (
            not other.everywhere and other.unit_ids <= self.unit_ids and (bool(self) or not other.own)
        )

    def reaches(self, unit_id: int) -> bool:
        """Whether all that belongs to this unit is within it."""
        return self.everywhere or unit_id in self.unit_ids

    def covers(self, unit_id: int, owner_id: int, person_id: int) -> bool:
        """Whether a row of this unit and owner is within the reach of this person."""
        return self.reaches(unit_id) or (self.own and owner_id == person_id)

    def condition(self, owner_id: int, *, unit: str = "unit_id", owner: str = "owner_id") -> Q:
        """The rows of one company within this reach, for a table with the columns `unit` and `owner`."""
        if self.everywhere:
            return Q()
        condition = Q(pk__in=[])
        if self.unit_ids:
            condition |= Q(**{f"{unit}__in": self.unit_ids})
        if self.own:
            condition |= Q(**{owner: owner_id})
        return condition


@dataclass(frozen=True, slots=True)
class Permission:
    """One right that a role can grant."""

    code: str
    label: str | Promise = field(compare=False)


REGISTRY: dict[str, Permission] = {}


def register_permissions(labels: Mapping[str, str | Promise]) -> None:
    """Make the codes of an app known; its apps.py calls this once, at start."""
    REGISTRY.update({code: Permission(code, label) for code, label in labels.items()})
