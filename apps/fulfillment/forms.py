from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.core.errors import DomainError
from apps.fulfillment.queries import warehouses_for
from apps.inventory.actions.consume_demands import NotInWarehouse
from apps.inventory.models import Warehouse
from apps.orders.actions.advance_lines import QuantityExceeded
from apps.orders.models import Order, OrderLine


class ShipForm(forms.Form):
    """What leaves of an order: a quantity for each line of which something is open, and how it travels."""

    warehouse: "forms.ModelChoiceField[Warehouse]" = forms.ModelChoiceField(
        label=gettext_lazy("Warehouse"), queryset=None, empty_label=None, widget=UnfoldAdminSelectWidget
    )
    carrier = forms.CharField(
        label=gettext_lazy("Carrier"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, data: Any = None, *, order: Order) -> None:
        super().__init__(data, initial={"carrier": order.deliveries.all()[0].method.carrier})
        self.fields["warehouse"].queryset = warehouses_for(order)  # type: ignore[attr-defined]
        self.lines = {self.name_of(line): line for line in order.lines.all() if line.open}
        for name, line in self.lines.items():
            self.fields[name] = forms.DecimalField(
                label=line.sku,
                required=False,
                min_value=Decimal(0),
                max_digits=12,
                decimal_places=3,
                initial=f"{line.open.normalize():f}",
                widget=UnfoldAdminDecimalFieldWidget(
                    attrs={"step": "any", "aria-label": _("Ship of %(sku)s") % {"sku": line.sku}}
                ),
            )

    @staticmethod
    def name_of(line: OrderLine) -> str:
        return f"line-{line.position}"

    def rows(self) -> Iterator[tuple[OrderLine, forms.BoundField]]:
        """Each line with the field for what leaves of it."""
        for name, line in self.lines.items():
            yield line, self[name]

    def clean(self) -> None:
        for name, line in self.lines.items():
            if (self.cleaned_data.get(name) or 0) > line.open:
                self.add_error(name, str(QuantityExceeded()))

    @property
    def quantities(self) -> dict[UUID, Decimal]:
        """What leaves, by line; what was left empty stays."""
        wanted = {line.uid: self.cleaned_data[name] for name, line in self.lines.items()}
        return {uid: quantity for uid, quantity in wanted.items() if quantity}

    def refuse(self, refusal: DomainError) -> None:
        """Let a refusal stand in the form: at the lines of the product of which there is too little, or above all."""
        self.full_clean()
        places: list[str | None] = [
            name
            for name, line in self.lines.items()
            if isinstance(refusal, NotInWarehouse) and line.product_id == refusal.product.pk
        ]
        for place in places or [None]:
            self.add_error(place, str(refusal))
