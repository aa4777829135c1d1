"""What the commands that import a file have in common."""

import csv
import time
from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.cells import RowFault
from apps.core.downloads import harmless
from apps.core.errors import DomainError
from apps.core.imports import ImportOutcome
from apps.core.sheets import read_sheet

BAR = 30
SHOWN_FAULTS = 10
EVERY_SECONDS = 5


class ImportCommand(BaseCommand):
    """Reads a CSV or XLSX file, hands it to an action, and says what was taken and what was refused."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Check the file and count; change nothing.")
        parser.add_argument("--skip-faulty", action="store_true", help="Take the good rows though others are refused.")
        parser.add_argument("--report", type=Path, help="Write the faults into this CSV file.")

    @abstractmethod
    def take(self, options: dict[str, Any], **file: Any) -> ImportOutcome:
        """Call the action with the file: its name, columns, rows and progress, and how it is to be taken."""

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        began = time.monotonic()
        try:
            with path.open("rb") as file:
                sheet = read_sheet(file)
                progress = Progress(self.stdout, sheet.count())
                outcome = self.take(
                    options,
                    columns=sheet.columns,
                    rows=sheet,
                    name=path.name,
                    dry_run=options["dry_run"],
                    skip_faulty=options["skip_faulty"],
                    progress=progress.show,
                )
                progress.end()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except DomainError as error:
            raise CommandError(f"{path.name}: {error} Nothing was changed.") from error
        if outcome.unknown_columns:
            self.stdout.write(f"Columns that are not known and were left out: {', '.join(outcome.unknown_columns)}")
        if options["report"]:
            write_report(options["report"], outcome.faults)
        for fault in outcome.faults[:SHOWN_FAULTS]:
            self.stderr.write(f"Line {fault.line}, {fault.column or 'row'}: {fault.message}")
        if len(outcome.faults) > SHOWN_FAULTS:
            self.stderr.write(f"… and {len(outcome.faults) - SHOWN_FAULTS} more.")
        if outcome.refused and not options["skip_faulty"]:
            raise CommandError(f"Rows refused: {outcome.refused}. Nothing was changed.")
        counts = f"{outcome.created} new, {outcome.updated} changed, {outcome.unchanged} unchanged"
        note = "" if outcome.was_saved else " Dry run: nothing was changed."
        self.stdout.write(f"{counts}, {outcome.refused} refused in {time.monotonic() - began:.1f} s.{note}")
        if outcome.refused:
            raise CommandError(f"Rows refused: {outcome.refused}. The others were taken.", returncode=1)


class Progress:
    """A bar that moves on a terminal; now and then a line anywhere else."""

    def __init__(self, out: Any, total: int) -> None:
        self.out = out
        self.total = max(total, 1)
        self.is_terminal = bool(getattr(out, "isatty", lambda: False)())
        self.said_at = time.monotonic()

    def show(self, count: int) -> None:
        part = min(count / self.total, 1)
        if self.is_terminal:
            bar = "█" * int(part * BAR)
            self.out.write(f"\r{bar:░<{BAR}} {count} rows read", ending="")
            self.out.flush()
        elif time.monotonic() - self.said_at > EVERY_SECONDS:
            self.said_at = time.monotonic()
            self.out.write(f"{count} rows read, about {part:.0%}")

    def end(self) -> None:
        if self.is_terminal:
            self.out.write(f"\r{' ' * (BAR + 30)}\r", ending="")


def write_report(path: Path, faults: Iterable[RowFault]) -> None:
    """The faults for a spreadsheet; cells that it would compute are made plain text."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "message"])
        for fault in faults:
            writer.writerow([fault.line, harmless(fault.column), harmless(fault.message)])
