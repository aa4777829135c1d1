"""What staff type into the pages of the catalog."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.catalog.actions.replace_texts import TextFacts
from apps.catalog.actions.save_product import GtinTaken
from apps.catalog.models import AssortmentRule, Attribute, AttributeValue, ItemNumber, Product
from apps.catalog.queries.staff import gtin_owner, named_by, numbered_products, option_codes, plain_value, shelf_paths
from apps.catalog.rules import AttributeSpec, ValueFacts, read_item_number, read_value
from apps.core.cells import NOT_ONE_OF, CellRefused
from apps.core.staff import ActionForm, NamesField, VersionedForm

LONGEST_VALUE = 500
SHOWN = 12


def refusal(refused: CellRefused) -> ValidationError:
    """Why a cell cannot be, at its field."""
    return ValidationError(_(refused.message) % refused.words)


def some(words: Sequence[str]) -> str:
    """The first of many words."""
    return ", ".join([*words[:SHOWN], *(["…"] if len(words) > SHOWN else [])])


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name in one language."""

    @staticmethod
    def facts(rows: list[dict[str, Any]]) -> dict[str, TextFacts]:
        """What was typed into such rows, by language."""
        return {row["language"]: TextFacts(row["name"], row.get("description", "")) for row in rows}


class NumberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A number under which the product is known, too."""

    def clean(self) -> None:
        super().clean()
        kind, text = self.cleaned_data.get("kind"), self.cleaned_data.get("code")
        if not kind or not text:
            return
        is_gtin = kind == ItemNumber.Kind.GTIN
        try:
            code, _key = read_item_number(text, is_gtin=is_gtin)
        except CellRefused as refused:
            self.add_error("code", refusal(refused))
            return
        if is_gtin and (owner := gtin_owner(code, besides=self.instance.product_id)):
            self.add_error("code", str(GtinTaken.by(owner, code)))


class ValueForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the product has of an attribute, typed as text whatever its kind."""

    value = forms.CharField(label=_lazy("Value"), max_length=LONGEST_VALUE, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = AttributeValue
        fields = ("attribute",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["value"] = plain_value(self.instance)

    def clean(self) -> None:
        super().clean()
        attribute, text = self.cleaned_data.get("attribute"), self.cleaned_data.get("value")
        if not attribute or not text:
            return
        try:
            self.cleaned_data["facts"] = self.read(attribute, text)
        except CellRefused as refused:
            self.add_error("value", refusal(refused))

    def read(self, attribute: Attribute, text: str) -> ValueFacts:
        facts = read_value(AttributeSpec(attribute.code, attribute.kind, attribute.unit), text)
        codes = option_codes(attribute) if facts.option else []
        if facts.option and facts.option not in codes:
            raise CellRefused(NOT_ONE_OF, value=text, known=some(codes))
        return facts


class CategoryForm(VersionedForm):
    parent = forms.TypedChoiceField(
        label=_lazy("Below"), coerce=int, empty_value=None, required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            field: Any = self.fields["parent"]
            field.choices = [("", _("Nothing: it is a shelf of its own")), *shelf_paths(get_language() or "en")]


class AttributeForm(VersionedForm):
    names = NamesField(label=_lazy("Names"))


class OptionForm(forms.ModelForm):  # type: ignore[type-arg]
    names = NamesField(label=_lazy("Names"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Files name a value by its code.
        self.fields["code"].disabled = bool(self.instance.pk)


class ProductFileForm(ActionForm):
    upload = forms.FileField(
        label=_lazy("File"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_lazy("PDF, PNG, JPEG or plain text, up to 20 MB. Left empty, the file stays as it is."),
    )


class AssortmentRuleForm(VersionedForm):
    products = forms.CharField(
        label=_lazy("Products"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text=_lazy("Part numbers, one a line: then no category and no brand."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.names_products:
            self.initial["products"] = "\n".join(named_by(self.instance))

    def clean_products(self) -> list[Product]:
        found, unknown = numbered_products(filter(None, map(str.strip, self.cleaned_data["products"].splitlines())))
        if unknown:
            raise ValidationError(_("No product has this number: %(numbers)s.") % {"numbers": some(unknown)})
        return found


class CoverageForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which company the catalog is looked at for."""

    class Meta:
        model = AssortmentRule
        fields = ("organization",)
