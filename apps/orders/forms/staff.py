from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from apps.core.staff import DayInput
from apps.orders.actions.advance_lines import QuantityExceeded
from apps.orders.actions.confirm_order import Answer, DayBeforeOrder, DayMissing
from apps.orders.models import Order, ScheduleLine


class AnswerForm(forms.Form):
    """What the supplier says of one line of an order; as long as nothing is said, what was ordered and promised."""

    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )
    confirmed_date = forms.DateField(label=_("Day"), required=False, widget=DayInput)

    def __init__(self, data: Any = None, *, row: ScheduleLine) -> None:
        initial = {"quantity": f"{row.quantity.normalize():f}", "confirmed_date": row.promised_date}
        super().__init__(data, prefix=f"line-{row.line.position}", initial=initial)
        self.row = row
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, {row.line.sku}"

    def clean(self) -> None:
        quantity = self.cleaned_data.get("quantity")
        if quantity is not None and quantity > self.row.quantity:
            self.add_error("quantity", str(QuantityExceeded()))
        if not quantity or "confirmed_date" not in self.cleaned_data:
            return
        if (day := self.cleaned_data["confirmed_date"]) is None:
            self.add_error("confirmed_date", str(DayMissing()))
        elif day < timezone.localdate(self.row.line.order.placed_at):
            self.add_error("confirmed_date", str(DayBeforeOrder()))

    @property
    def answer(self) -> Answer:
        return Answer(**self.cleaned_data)


def answer_forms(order: Order, data: Any = None) -> list[AnswerForm]:
    """One form a line, in the order of the lines."""
    return [AnswerForm(data, row=row) for line in order.lines.all() for row in line.schedule.all()]


class StaffCancelForm(forms.Form):
    """Why the supplier cancels an order."""

    reason = forms.CharField(label=_("Reason"), max_length=240, widget=UnfoldAdminTextInputWidget)
