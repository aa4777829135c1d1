"""Pages of the admin, as a browser sends them back."""

from collections.abc import Iterator
from typing import Any

from django.test import Client


def typed(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What stands in the form of a page and in the rows below it, with these changes."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {**{name: value for form in forms for name, value in _fields(form)}, **changes}


def _fields(form: Any) -> Iterator[tuple[str, Any]]:
    for field in form:
        value = field.value()
        if field.field.disabled or value is None or value is False:
            continue
        widgets = getattr(field.field.widget, "widgets_names", None)
        if widgets:
            parts = field.field.widget.decompress(value)
            yield from ((f"{field.html_name}{suffix}", part) for suffix, part in zip(widgets, parts, strict=True))
        else:
            yield field.html_name, value


def more_rows(data: dict[str, Any], prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """The same with rows added below the form."""
    count = int(data[f"{prefix}-TOTAL_FORMS"])
    added = {f"{prefix}-{count + n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return {**data, **added, f"{prefix}-TOTAL_FORMS": count + len(rows)}


def said(response: Any) -> str:
    """Everything that a page that was sent back finds wrong."""
    context = response.context
    found = [context["adminform"].form.errors.as_text()]
    for inline in context["inline_admin_formsets"]:
        found += [str(errors) for errors in inline.formset.errors if errors]
        found += list(inline.formset.non_form_errors())
    return "\n".join(found)
