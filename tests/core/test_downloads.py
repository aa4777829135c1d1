"""Tables that people take away hold texts, whatever somebody typed into a name."""

from decimal import Decimal

import pytest

from apps.core.downloads import csv_download, harmless


@pytest.mark.parametrize(
    "blank", ["", " ", "\N{NO-BREAK SPACE}", "\n", "\t", "\r", "\N{ZERO WIDTH SPACE}", " \N{EM SPACE}"]
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_formula_becomes_text(blank: str, sign: str) -> None:
    assert harmless(f"{blank}{sign}1+1").startswith("'")


@pytest.mark.parametrize("value", ["Hex screw", " M8 = 8 mm", "", None, Decimal("-5.00"), -5])
def test_all_else_stays(value: object) -> None:
    assert harmless(value) == value


def test_a_file_of_a_company_is_kept_by_nobody() -> None:
    assert csv_download("orders", ["number"], [["1"]])["Cache-Control"] == "private, no-store"
