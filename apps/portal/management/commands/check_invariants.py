"""Whether the books agree with themselves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.portal.queries import broken_invariants


class Command(BaseCommand):
    help = "Compare every balance with what it is made of; fails with a line for each difference."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if broken := broken_invariants():
            raise CommandError("\n".join(broken))
        self.stdout.write("All balances agree with their entries.")
