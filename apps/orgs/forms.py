import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from apps.core.fields import AmountField, WeekdaysField, country_choices
from apps.core.permissions import REGISTRY
from apps.orgs.models import Address, CostCenter, Membership, OrgUnit, Role, RoleGrant
from apps.orgs.rules import scopes_of

MOST_INVITATIONS = 50
# A right that a role does not give.
NO = "no"


class LimitField(AmountField):
    """An amount that may be left open: empty means no limit, zero means nothing."""

    def __init__(self, **options: Any) -> None:
        help_text = _("Net, in the company’s currency. Empty means no limit.")
        super().__init__(required=False, help_text=help_text, **options)


class UnitField(forms.ChoiceField):
    """One of these units of the company, shown as the tree that they are."""

    def __init__(self, units: Sequence[OrgUnit], **options: Any) -> None:
        self.units = {str(unit.uid): unit for unit in units}
        choices = [(uid, f"{unit.indent}{unit.name}") for uid, unit in self.units.items()]
        super().__init__(choices=choices, **options)

    def clean(self, value: Any) -> OrgUnit:
        return self.units[super().clean(value)]


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=_("E-mail addresses"),
        help_text=_("One or many, with commas or lines between."),
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    role = forms.ChoiceField(label=_("Role"))
    order_limit = LimitField(label=_("Per order"))

    def __init__(self, *args: Any, roles: Sequence[Role], units: Sequence[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(units) > 1:
            self.fields["unit"] = UnitField(units, label=pgettext_lazy("company", "Unit"))
        self.roles = {str(role.pk): role for role in roles}
        self.fields["role"].choices = [(key, role.label) for key, role in self.roles.items()]  # type: ignore[attr-defined]
        # What most people become, and what can do least harm.
        self.fields["role"].initial = next((key for key, role in self.roles.items() if role.code == "requester"), None)

    def clean_emails(self) -> list[str]:
        typed = [part for part in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if part]
        emails = list({email.lower(): email.lower() for email in typed}.values())
        wrong = []
        for email in emails:
            try:
                validate_email(email)
            except ValidationError:
                wrong.append(email)
        if wrong:
            raise ValidationError(
                ngettext_lazy("Not an e-mail address: %(list)s", "Not e-mail addresses: %(list)s", len(wrong)),
                params={"list": ", ".join(wrong)},
            )
        if len(emails) > MOST_INVITATIONS:
            raise ValidationError(_("At most %(most)d at once."), params={"most": MOST_INVITATIONS})
        return emails

    def clean_role(self) -> Role:
        return self.roles[self.cleaned_data["role"]]


class MemberForm(forms.Form):
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)
    order_limit = LimitField(label=_("Per order"))
    month_limit = LimitField(label=_("Per month"))
    approver = forms.ChoiceField(
        label=_("Approver"), required=False, help_text=_("Who signs off what is above the limits.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        member: Membership,
        roles: Sequence[Role],
        units: Sequence[OrgUnit],
        colleagues: Sequence[Membership],
    ) -> None:
        held = member.roles()
        initial = {
            "unit": str(member.unit.uid),
            "roles": [str(role.pk) for role in held],
            "order_limit": member.order_limit,
            "month_limit": member.month_limit,
            "approver": str(member.approver.uid) if member.approver else "",
        }
        super().__init__(data, initial=initial)
        if len(units) > 1:
            self.fields["unit"] = UnitField(units, label=pgettext_lazy("company", "Unit"))
            self.order_fields(["unit"])
        # A role that the editor may not give stays where it is held.
        self.choosable = {str(role.pk): role for role in [*roles, *held]}
        self.colleagues = {str(row.uid): row for row in colleagues if row.pk != member.pk}
        self.fields["roles"].choices = [(key, role.label) for key, role in self.choosable.items()]  # type: ignore[attr-defined]
        self.fields["approver"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody in particular")),
            *((uid, row.label) for uid, row in self.colleagues.items()),
        ]

    def clean_roles(self) -> frozenset[Role]:
        return frozenset(self.choosable[key] for key in self.cleaned_data["roles"])

    def clean_approver(self) -> Membership | None:
        return self.colleagues.get(self.cleaned_data["approver"])


class RoleElsewhereForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Sequence[Role], units: Sequence[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {str(role.pk): role for role in roles}
        self.fields["role"].choices = [(key, role.label) for key, role in self.roles.items()]  # type: ignore[attr-defined]
        self.fields["unit"] = UnitField(units, label=pgettext_lazy("company", "Unit"))

    def clean_role(self) -> Role:
        return self.roles[self.cleaned_data["role"]]


class RoleForm(forms.Form):
    """A role: its name, and for each right how far it reaches."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, data: Any = None, *, role: Role | None = None) -> None:
        scopes = dict.fromkeys(REGISTRY, NO)
        if role:
            scopes |= {grant.permission: grant.scope for grant in role.grants.all()}
        super().__init__(data, initial={"name": role.name if role else "", **scopes})
        for permission in REGISTRY.values():
            reaches = [(scope, RoleGrant.Scope(scope).label) for scope in scopes_of(permission.code)]
            self.fields[permission.code] = forms.ChoiceField(
                label=str(permission.label), choices=[(NO, pgettext_lazy("right", "No")), *reaches]
            )

    def grants(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in REGISTRY if self.cleaned_data[code] != NO}


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class PlaceForm(forms.Form):
    def __init__(self, *args: Any, units: Sequence[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = UnitField(units, label=pgettext_lazy("unit", "Below"))


class NewUnitForm(UnitForm, PlaceForm):
    pass


class AddressForm(forms.ModelForm):  # type: ignore[type-arg]
    receiving_weekdays = WeekdaysField(label=_("Receiving days"))

    class Meta:
        model = Address
        fields = (
            "name",
            "kind",
            "street",
            "postal_code",
            "city",
            "country",
            "receiving_from",
            "receiving_until",
            "receiving_weekdays",
            "has_forklift",
            "needs_tail_lift",
            "parcels_only",
            "is_default",
        )
        widgets = {
            "receiving_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "receiving_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=country_choices)

    @property
    def place(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "street", "postal_code", "city", "country", "kind", "is_default")]

    @property
    def unloading(self) -> list[forms.BoundField]:
        hours = ("receiving_from", "receiving_until", "receiving_weekdays")
        shown = (*hours, "has_forklift", "needs_tail_lift", "parcels_only")
        return [self[name] for name in shown]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("receiving_from"), cleaned.get("receiving_until")
        if (opens is None) != (closes is None):
            self.add_error("receiving_until", _("Give both times or none."))
        elif opens and closes and opens >= closes:
            self.add_error("receiving_until", _("This is before the time from which goods are received."))
        return cleaned


class CostCenterForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=120)
    manager = forms.ChoiceField(label=_("Manager"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=CostCenter.State.choices)

    def __init__(self, *args: Any, colleagues: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(row.uid): row for row in colleagues}
        self.fields["manager"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody")),
            *((uid, row.label) for uid, row in self.colleagues.items()),
        ]

    def clean_manager(self) -> Membership | None:
        return self.colleagues.get(self.cleaned_data["manager"])


class JoinForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. You can also sign in with an e-mailed code."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password
