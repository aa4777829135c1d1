from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.approvals.actions.save_policy import PolicyTerms
from apps.approvals.models import PolicyVersion
from apps.approvals.rules import APPROVER, MEMBER, ROLE, Person
from apps.core.fields import AmountField
from apps.orgs.models.people import BUILT_IN_ROLES

MOST_STEPS = 3
LONGEST_REASON = 500


class SubmissionForm(forms.Form):
    """What the cart page sends: the cart as the person saw it, with the total for whoever sees prices, and a word to
    the approver."""

    version = forms.IntegerField(min_value=0)
    expected_total = forms.DecimalField(max_digits=14, decimal_places=2, required=False)
    message = forms.CharField(max_length=1000, required=False)


class PolicyForm(forms.Form):
    """A rule as a sentence: when, and up to three decisions one after the other."""

    condition = forms.ChoiceField(label=pgettext_lazy("approval rule", "When"), choices=PolicyVersion.Condition.choices)
    over = AmountField(label=_("Above"), required=False, help_text=_("Net goods, in the company’s currency."))

    def __init__(self, *args: Any, people: Mapping[int, Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deciders = [person for person in people.values() if person.may_decide]
        roles = {role for person in deciders for role in person.role_codes} & {"approver", "finance", "admin"}
        choices = [
            (APPROVER, _("their approver")),
            *((f"{MEMBER}:{person.id}", person.name) for person in sorted(deciders, key=lambda row: row.name)),
            *((f"{ROLE}:{code}", BUILT_IN_ROLES[code]) for code in sorted(roles)),
        ]
        labels = [_("Then decides"), _("then"), _("then")]
        for number, label in enumerate(labels, 1):
            self.fields[f"step{number}"] = forms.ChoiceField(
                label=label,
                required=number == 1,
                choices=choices if number == 1 else [("", "–"), *choices],
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("condition") == PolicyVersion.Condition.AMOUNT and values.get("over") is None:
            self.add_error("over", ValidationError(_("Type an amount.")))
        return values

    def terms(self) -> PolicyTerms:
        """The rule for the action."""
        values = self.cleaned_data
        is_amount = values["condition"] == PolicyVersion.Condition.AMOUNT
        chosen = [values[f"step{number}"] for number in range(1, MOST_STEPS + 1)]
        return PolicyTerms(
            condition=values["condition"],
            over=values["over"] if is_amount else None,
            steps=[_step(choice) for choice in chosen if choice],
        )


def _step(choice: str) -> Mapping[str, Any]:
    kind, _colon, value = choice.partition(":")
    if kind == MEMBER:
        return {"kind": MEMBER, "member": int(value)}
    return {"kind": ROLE, "role": value} if kind == ROLE else {"kind": APPROVER}


def initial_of(version: PolicyVersion) -> dict[str, Any]:
    """The form of a rule that is there."""
    steps: Sequence[Mapping[str, Any]] = version.steps
    choices = [
        f"{MEMBER}:{step['member']}" if step["kind"] == MEMBER
        else f"{ROLE}:{step['role']}" if step["kind"] == ROLE
        else APPROVER
        for step in steps
    ]  # fmt: skip
    return {
        "condition": version.condition,
        "over": version.over,
        **{f"step{number}": choice for number, choice in enumerate(choices, 1)},
    }


class TryForm(forms.Form):
    """For whom and for how much a route is tried out."""

    person = forms.TypedChoiceField(label=_("If"), coerce=int)
    amount = AmountField(label=_("orders for"), initial=Decimal(1000))

    def __init__(self, *args: Any, people: Mapping[int, Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = [(person.id, person.name) for person in sorted(people.values(), key=lambda row: row.name)]
