from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.catalog.rules import UnreadableQuantity, parse_quantity
from apps.orders.actions.change_cart import CartFacts
from apps.orgs.models import Address, CostCenter

LONGEST_NUMBER, LONGEST_QUANTITY = 60, 40


class QuantityField(forms.CharField):
    """A quantity as people type it, also in packs: 1,000, 12.5, "2 box". In base units afterwards."""

    def __init__(self, *, packs: Mapping[str, Decimal], **options: Any) -> None:
        super().__init__(max_length=LONGEST_QUANTITY, **options)
        self.packs = packs

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_quantity(text, get_language() or "en", self.packs)
        except UnreadableQuantity as error:
            raise ValidationError(_(error.message) % error.words) from error


class CostCenterField(forms.TypedChoiceField):
    """One of the company's cost centers, or none."""

    def __init__(self, cost_centers: Sequence[CostCenter], **options: Any) -> None:
        by_uid = {str(row.uid): row for row in cost_centers}
        super().__init__(
            choices=[("", ""), *((uid, str(row)) for uid, row in by_uid.items())],
            coerce=by_uid.__getitem__,
            empty_value=None,
            required=False,
            **options,
        )


class LineForm(forms.Form):
    """One line of a cart as its row shows it; `over` is the version of somebody else that it replaces knowingly."""

    version = forms.IntegerField(min_value=1)
    over = forms.IntegerField(min_value=1, required=False)
    requested_date = forms.DateField(required=False)

    def __init__(
        self, *args: Any, cost_centers: Sequence[CostCenter], packs: Mapping[str, Decimal], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"] = QuantityField(packs=packs)
        self.fields["cost_center"] = CostCenterField(cost_centers)


class NewLineForm(forms.Form):
    """A part number and a quantity, typed into the cart."""

    number = forms.CharField(max_length=LONGEST_NUMBER)
    quantity = forms.CharField(max_length=LONGEST_QUANTITY, required=False)


class SeenForm(forms.Form):
    """Which version of a cart an open page shows, since when, and up to which one its reader was told of changes."""

    since = forms.IntegerField(min_value=0)
    at = forms.DateTimeField()
    told = forms.IntegerField(min_value=0, required=False)


class CartForm(forms.Form):
    """What the cart page asks beside the lines. Only what was sent along is changed."""

    name = forms.CharField(max_length=80)
    ship_to = forms.TypedChoiceField(empty_value=None, required=False)
    method = forms.TypedChoiceField(empty_value=None, required=False)
    requested_date = forms.DateField(required=False)
    po_number = forms.CharField(max_length=35, required=False)
    note = forms.CharField(max_length=240, required=False)

    def __init__(
        self,
        data: Any,
        *,
        addresses: Sequence[Address],
        methods: Sequence[Any],
        cost_centers: Sequence[CostCenter],
    ) -> None:
        super().__init__(data)
        self._choose("ship_to", {str(row.uid): row for row in addresses})
        self._choose("method", {row.code: row for row in methods})
        self.fields["cost_center"] = CostCenterField(cost_centers)
        for name in [name for name in self.fields if name not in data]:
            del self.fields[name]

    def _choose(self, name: str, rows: Mapping[str, Any]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", ""), *((key, str(row)) for key, row in rows.items())]
        field.coerce = rows.__getitem__

    def facts(self) -> CartFacts:
        """What was sent along, ready for the action."""
        facts: CartFacts = {**self.cleaned_data}  # type: ignore[typeddict-item]
        return facts
