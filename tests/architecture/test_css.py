"""No style without something that it is for."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLASS = re.compile(r"\.([a-z][\w-]*)(?=[^{}]*\{)")
# Put on by htmx and by scripts of the vendors.
FOREIGN = frozenset({"htmx-request", "htmx-indicator"})


def text_of(*patterns: str) -> str:
    return "\n".join(path.read_text() for pattern in patterns for path in sorted(ROOT.glob(pattern)))


def test_every_class_is_used() -> None:
    pages = text_of("templates/**/*.html", "static/js/*.js", "apps/**/*.py")
    words = set(re.findall(r"[\w-]+", pages))
    # Endings that a template puts together: class="p-chip p-chip--{{ tone }}".
    stems = tuple(set(re.findall(r"([\w-]+--)(?:\{[{%]|\$?\{)", pages)))
    unused = {
        name
        for name in CLASS.findall(re.sub(r"/\*.*?\*/", "", text_of("static/css/*.css"), flags=re.DOTALL))
        if name not in words and not name.startswith(stems)
    }

    assert sorted(unused - FOREIGN) == []
