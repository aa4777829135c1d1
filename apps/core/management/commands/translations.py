"""Texts in five languages, in pure Python: a machine without GNU gettext can build and check them too."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

SOURCE_LANGUAGE = "en"
FIRST_DAY = datetime(2026, 11, 21, tzinfo=UTC)
KEYWORDS: dict[str, Any] = {
    "gettext": None,
    "gettext_lazy": None,
    "_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    help = "Update, check or compile the texts of every language."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=["update", "check", "compile"])

    def handle(self, *_args: Any, **options: Any) -> None:
        {"update": self.update, "check": self.verify, "compile": self.compile}[options["do"]]()

    def update(self) -> None:
        """Write every text of code and templates into each language's file; texts that are gone go."""
        template = self.template()
        for language, path in self.files():
            catalog = self.read(path, language)
            catalog.update(template, no_fuzzy_matching=True, keep_user_comments=False, update_header_comment=False)
            catalog.obsolete.clear()
            catalog.header_comment = f"# Portico, {language}"
            # A date of today would change every file with every run.
            catalog.creation_date = catalog.revision_date = FIRST_DAY
            catalog.fuzzy = False
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)
            self.stdout.write(
                f"{language}: {sum(1 for message in catalog if message.id)} texts, {self.missing(catalog)} open"
            )

    def verify(self) -> None:
        """Fail when a text is missing from a language, or when placeholders of a translation differ."""
        template = self.template()
        faults: list[str] = []
        for language, path in self.files():
            catalog = self.read(path, language)
            for message in template:
                found = catalog.get(message.id, message.context) if message.id else None
                if message.id and (found is None or not is_translated(found) or found.fuzzy):
                    faults.append(f"{language}: no translation of {message.id!r}")
                elif found is not None:
                    faults += [f"{language}: {message.id!r}: {error}" for error in found.check(catalog)]
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{sum(1 for message in template if message.id)} texts, complete in every language.")

    def compile(self) -> None:
        """Make the files that Django reads at run time."""
        for language, path in self.files():
            if not path.exists():
                continue
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, self.read(path, language))

    def files(self) -> Iterator[tuple[str, Path]]:
        for language, _name in settings.LANGUAGES:
            if language != SOURCE_LANGUAGE:
                yield language, settings.LOCALE_PATHS[0] / to_locale(language) / "LC_MESSAGES" / "django.po"

    def read(self, path: Path, language: str) -> Catalog:
        locale = to_locale(language)
        if not path.exists():
            return Catalog(locale=locale, project="Portico", charset="utf-8")
        with path.open("rb") as file:
            return read_po(file, locale=locale)

    def template(self) -> Catalog:
        """Every text in code and templates, in one order."""
        catalog = Catalog(project="Portico", charset="utf-8")
        for path in self.sources():
            content = path.read_bytes()
            if path.suffix != ".py":
                # What templatize leaves of HTML is indented like HTML, which Python's tokenizer refuses.
                lines = templatize(content.decode(), origin=str(path)).splitlines()
                content = "\n".join(line.strip() for line in lines).encode()
            for _line, text, _comments, context in extract("python", BytesIO(content), keywords=KEYWORDS):
                catalog.add(text, context=context, locations=[(str(path.relative_to(settings.BASE_DIR)), 0)])
        return catalog

    def sources(self) -> list[Path]:
        base: Path = settings.BASE_DIR
        found = [*(base / "apps").rglob("*.py"), *(base / "config").rglob("*.py")]
        found += [path for path in (base / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
        return sorted(path for path in found if "migrations" not in path.parts)

    def missing(self, catalog: Catalog) -> int:
        return sum(1 for message in catalog if message.id and not is_translated(message))


def is_translated(message: Message) -> bool:
    """Whether the text has every plural form of its language."""
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)
