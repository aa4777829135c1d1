"""What is named by a string must be there."""

import ast
import re
from pathlib import Path

from celery import current_app
from django.conf import settings

from apps.activity.descriptions import SENTENCES
from apps.core.permissions import REGISTRY
from apps.orgs.builtin import GRANTS
from config import schedule, subscriptions

APPS = Path(settings.BASE_DIR) / "apps"


def recorded_events() -> set[str]:
    names = set()
    for path in APPS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record_event"
            if is_call:
                names |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and "." in part.value
                }
    return names


def test_every_event_is_heard_or_declared_unheard() -> None:
    wired = set(subscriptions.SUBSCRIPTIONS)

    assert recorded_events() == wired | subscriptions.UNHEARD
    assert not wired & subscriptions.UNHEARD


def test_every_subscriber_and_every_scheduled_task_exists() -> None:
    current_app.loader.import_default_modules()
    named = {name for names in subscriptions.SUBSCRIPTIONS.values() for name in names}
    named |= {entry["task"] for entry in schedule.SCHEDULE.values()}

    assert named <= set(current_app.tasks)


def test_every_panel_resolves() -> None:
    for panels in settings.PANELS.values():
        for panel in panels:
            assert callable(panel.function)


def test_roles_grant_only_permissions_that_exist() -> None:
    assert {code for grants in GRANTS.values() for code in grants} <= set(REGISTRY)


def test_every_permission_that_code_asks_for_exists() -> None:
    asked = set()
    for path in APPS.rglob("*.py"):
        asked |= set(re.findall(r"""(?:permission_required|\.may)\("([a-z_.]+)"\)""", path.read_text()))

    assert asked <= set(REGISTRY)


def test_every_event_has_its_sentence() -> None:
    assert recorded_events() <= set(SENTENCES)
