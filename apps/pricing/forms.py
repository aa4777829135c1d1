"""What staff type into the pages of prices."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from apps.core.fields import AmountField
from apps.core.staff import ActionForm, DayInput
from apps.pricing.actions.change_prices import NewPrice

MOST_BYTES = 5 * 2**20


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
    valid_from = forms.DateField(label=pgettext_lazy("day", "From"), required=False, widget=DayInput)
    valid_until = forms.DateField(label=_lazy("Until"), required=False, widget=DayInput)


class PriceForm(PriceFields, ActionForm):
    pass


class PriceFileForm(forms.Form):
    """A file for a list; what is larger is for the command."""

    file = forms.FileField(label=_lazy("File"), widget=UnfoldAdminFileFieldWidget)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("Up to 5 MB here. Take a larger file in by the command import_prices."))
        return upload


def new_price(product_id: int, values: dict[str, Any]) -> NewPrice:
    """What was typed, for the action."""
    names = ("min_quantity", "amount", "valid_from", "valid_until")
    return NewPrice(product_id, **{name: values[name] for name in names})
