"""What the admin calls things is given as text to translate, never made of a name in the code."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, get_fields_from_path, label_for_field
from django.db import models
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.functional import Promise

from apps.accounts.models import User
from apps.core.permissions import StaffRole

PAGES = [page for page in admin.site._registry.values() if type(page).__module__.startswith("apps.")]
# The others have a template of their own for what they show.
PAGES_OF_FIELDS = [page for page in PAGES if "change_view" not in vars(type(page))]
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.opts.label)


@pytest.fixture
def asked(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = User(is_staff=True, staff_role=StaffRole.ADMINISTRATOR)
    return request


def forms_of(page: Any, request: HttpRequest) -> Iterator[tuple[Any, Any, list[str]]]:
    """The pages of a new row and of one that is there, with the rows below: its admin, its form, its fields."""
    for row in (None, page.model(pk=1)):
        for part in (page, *page.get_inline_instances(request, row)):
            form = page.get_form(request, row) if part is page else part.get_formset(request, row).form
            yield part, form, flatten_fieldsets(part.get_fieldsets(request, row))


def is_given(part: Any, name: str, form: Any = None) -> bool:
    field = form and form.base_fields.get(name)
    if field:
        return field.widget.is_hidden or isinstance(field.label, Promise)
    return isinstance(label_for_field(name, part.model, part), Promise)


@EVERY_PAGE
def test_every_column_and_filter_has_a_label(page: Any) -> None:
    columns = [name for name in page.list_display if not is_given(page, name)]
    fields = [get_fields_from_path(page.model, name)[-1] for name in page.list_filter]

    assert columns == []
    assert [field.name for field in fields if not isinstance(field.verbose_name, Promise)] == []


@pytest.mark.parametrize("page", PAGES_OF_FIELDS, ids=lambda page: page.opts.label)
@pytest.mark.django_db
def test_every_field_of_a_page_has_a_label(page: Any, asked: HttpRequest) -> None:
    found = {
        f"{part.model.__name__}.{name}"
        for part, form, names in forms_of(page, asked)
        for name in names
        if not is_given(part, name, form)
    }

    assert found == set()


@EVERY_PAGE
def test_every_model_has_a_name(page: Any, asked: HttpRequest) -> None:
    inlines = {inline.model for row in (None, page.model(pk=1)) for inline in page.get_inlines(asked, row)}
    shown: set[type[models.Model]] = {page.model, *inlines}
    unnamed = [
        model.__name__
        for model in shown
        for name in ("verbose_name", "verbose_name_plural")
        if not isinstance(model._meta.original_attrs.get(name), Promise)
    ]

    assert unnamed == []
