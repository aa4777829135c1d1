"""Documents of products: who gives them, who takes them along, and what is never taken in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.activity.models import Event
from apps.catalog.actions import save_product_file as saving
from apps.catalog.actions.save_assortment_rule import save_assortment_rule
from apps.catalog.actions.save_product_file import FileMissing, FileTooLarge, FileTypeRefused, save_product_file
from apps.catalog.models import Product, ProductFile
from apps.catalog.rules import media_type_of
from apps.core.permissions import StaffRole
from apps.orgs.models import Membership
from tests.conftest import Statements
from tests.factories import NOW, SYSTEM, make_category, make_file, make_product, make_staff
from tests.forms import typed
from tests.refusals import refused

SignIn = Callable[[Any], Client]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def screw(db: None) -> Product:
    return make_product(make_category("Screws"), "HX/0840")


def kept() -> list[str]:
    try:
        return default_storage.listdir("products")[1]
    except FileNotFoundError:
        return []


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("start", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"\xff\xd8\xff\xe0\0", "image/jpeg"),
        ("Datenblatt für M8\r\n\tGüte A2".encode(), "text/plain"),
        ("﻿Болт М8".encode(), "text/plain"),
        ("Болт М8".encode()[:-1], "text/plain"),
        (b"", None),
        (b"  \n", None),
        (b" %PDF-1.7\0", None),
        (b"GIF89a\0", None),
        (b"MZ\x90\0", None),
        (b"PK\x03\x04", None),
        (b"\x7fELF", None),
        (b"plain\0text", None),
        (b"Datenblatt f\xfcr M8", None),
    ],
)
def test_a_file_is_what_stands_in_it(start: bytes, media_type: str | None) -> None:
    assert media_type_of(start) == media_type


class TestAction:
    def test_keeps_a_file_under_a_name_that_says_nothing(self, screw: Product) -> None:
        row = make_file(screw, PDF, title="DIN 933", language="en")

        assert (row.media_type, row.size) == ("application/pdf", len(PDF))
        assert row.content.name.startswith("products/")
        assert "0840" not in row.content.name
        assert row.download_name == "HX-0840-data-sheet-en.pdf"
        assert Event.objects.get(name="catalog.product_file_saved").subject_label == "HX/0840: DIN 933"

    @pytest.mark.parametrize(
        ("refusal", "content"),
        [(FileMissing, None), (FileTypeRefused, b"MZ\x90\0"), (FileTypeRefused, b""), (FileTooLarge, PDF + b"x" * 99)],
    )
    def test_what_is_not_taken_in_leaves_no_trace(
        self, refusal: type[Exception], content: bytes | None, screw: Product, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(saving, "MOST_BYTES", 100)
        upload = None if content is None else ContentFile(content)

        with refused(refusal):
            save_product_file(actor=SYSTEM, product=screw, kind="manual", upload=upload, now=NOW)

        assert kept() == []

    def test_a_new_file_takes_the_place_of_the_old_one(
        self, screw: Product, django_capture_on_commit_callbacks: Any
    ) -> None:
        row = make_file(screw, PDF)
        with django_capture_on_commit_callbacks(execute=True):
            save_product_file(
                actor=SYSTEM, product=screw, kind="manual", upload=ContentFile(b"Text"), product_file=row, now=NOW
            )

        row.refresh_from_db()
        assert (row.kind, row.media_type, row.content.read()) == ("manual", "text/plain", b"Text")
        assert len(kept()) == 1


class TestPage:
    def test_who_sees_the_product_takes_its_documents_along(
        self, screw: Product, mira: Membership, sign_in: SignIn
    ) -> None:
        client, row = sign_in(mira), make_file(screw, b"<script>alert(1)</script>", title="DIN <933>", language="ru")
        page = client.get(reverse("shop:product", args=[screw.sku])).content.decode()
        url = reverse("shop:product_file", args=[row.uid])
        assert url in page
        assert all(text in page for text in ("Documents", "Data sheet", "DIN &lt;933&gt;", "Russian", "25\xa0bytes"))

        response = client.get(url)

        assert body(response) == b"<script>alert(1)</script>"
        assert response["Content-Type"] == "text/plain"
        assert response["Content-Disposition"] == 'attachment; filename="HX-0840-data-sheet-ru.txt"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "private, no-store"

    def test_who_does_not_see_the_product_finds_nothing(
        self, screw: Product, mira: Membership, gus: Membership, sign_in: SignIn
    ) -> None:
        url = reverse("shop:product_file", args=[make_file(screw, PDF).uid])
        save_assortment_rule(actor=SYSTEM, effect="deny", organization=gus.organization, now=NOW)

        assert sign_in(mira).get(url).status_code == 200
        assert sign_in(gus).get(url).status_code == 404
        Product.objects.update(lifecycle="draft")
        assert sign_in(mira).get(url).status_code == 404

    def test_a_file_that_was_lost_is_not_an_error(self, screw: Product, mira: Membership, sign_in: SignIn) -> None:
        row = make_file(screw, PDF)
        default_storage.delete(row.content.name)

        assert sign_in(mira).get(reverse("shop:product_file", args=[row.uid])).status_code == 404

    def test_a_product_without_documents_says_nothing_of_them(
        self, screw: Product, mira: Membership, sign_in: SignIn
    ) -> None:
        assert "Documents" not in sign_in(mira).get(reverse("shop:product", args=[screw.sku])).content.decode()

    def test_many_documents_ask_no_more(
        self, screw: Product, mira: Membership, sign_in: SignIn, statements: Statements
    ) -> None:
        client, url = sign_in(mira), reverse("shop:product", args=[screw.sku])
        make_file(screw, PDF)
        one = statements(lambda: client.get(url))
        for _number in range(5):
            make_file(screw, PDF)

        assert statements(lambda: client.get(url)) == one


class TestAdmin:
    ADD = "admin:catalog_productfile_add"

    @pytest.fixture
    def cat(self, db: None, sign_in: SignIn) -> Client:
        return sign_in(make_staff("Cat", StaffRole.CATALOG))

    def test_a_document_is_given_changed_and_taken_away(self, screw: Product, cat: Client) -> None:
        assert "Add one" in cat.get(reverse("admin:catalog_product_change", args=[screw.pk])).content.decode()
        upload = SimpleUploadedFile("../../evil.exe", PDF, content_type="text/html")
        facts = {"product": screw.pk, "kind": "data_sheet", "position": "0"}
        assert cat.post(reverse(self.ADD), {**facts, "upload": upload}).status_code == 302
        row = ProductFile.objects.get()
        assert (row.media_type, len(kept())) == ("application/pdf", 1)

        change = reverse("admin:catalog_productfile_change", args=[row.pk])
        assert cat.post(change, typed(cat, change, title="DIN 933")).status_code == 302
        row.refresh_from_db()
        assert (row.title, row.size) == ("DIN 933", len(PDF))
        cat.post(reverse("admin:catalog_productfile_delete", args=[row.pk]), {"post": "yes"})

        assert not ProductFile.objects.exists()
        assert Event.objects.filter(name="catalog.product_file_removed").count() == 1

    def test_a_refusal_stands_at_the_file(self, screw: Product, cat: Client) -> None:
        facts = {"product": screw.pk, "kind": "data_sheet", "position": "0"}
        wrong = SimpleUploadedFile("sheet.pdf", b"MZ\x90\0", content_type="application/pdf")

        for upload, message in (({"upload": wrong}, "not a PDF"), ({}, "Choose a file")):
            response = cat.post(reverse(self.ADD), {**facts, **upload})
            assert message in response.context["adminform"].form.errors["upload"][0]
        assert not ProductFile.objects.exists()

    @pytest.mark.parametrize("role", [StaffRole.SALES, StaffRole.WAREHOUSE, StaffRole.ADMINISTRATOR])
    def test_others_only_look(self, role: str, screw: Product, sign_in: SignIn) -> None:
        client, row, may = sign_in(make_staff("Kim", role)), make_file(screw, PDF), role == StaffRole.ADMINISTRATOR

        assert client.get(reverse("admin:catalog_productfile_changelist") + "?q=x").status_code == 200
        assert client.get(reverse("admin:catalog_productfile_change", args=[row.pk])).status_code == 200
        assert client.get(reverse(self.ADD)).status_code == (200 if may else 403)
        removal = client.post(reverse("admin:catalog_productfile_delete", args=[row.pk]), {"post": "yes"})
        assert removal.status_code == (302 if may else 403)
        assert ProductFile.objects.exists() is not may
