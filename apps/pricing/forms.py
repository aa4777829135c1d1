"""What staff type into the pages of prices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from apps.core.fields import AmountField
from apps.core.staff import ActionForm, DayInput
from apps.pricing.actions.change_prices import NewPrice


class PriceFields(forms.ModelForm):  # type: ignore[type-arg]
    """A price from a quantity on."""

    min_quantity = forms.DecimalField(
        label=_lazy("From quantity"),
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        initial=1,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )
    amount = AmountField(label=_lazy("Price"), decimals=4, widget=UnfoldAdminTextInputWidget)
    valid_from = forms.DateField(label=_lazy("From"), required=False, widget=DayInput)
    valid_until = forms.DateField(label=_lazy("Until"), required=False, widget=DayInput)


class PriceForm(PriceFields, ActionForm):
    pass


def new_price(product_id: int, values: dict[str, Any]) -> NewPrice:
    """What was typed, for the action."""
    names = ("min_quantity", "amount", "valid_from", "valid_until")
    return NewPrice(product_id, **{name: values[name] for name in names})
