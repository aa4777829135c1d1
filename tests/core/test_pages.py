import pytest

from apps.core.pages import whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", 12),
        ("0", 0),
        ("007", 7),
        ("", None),
        (None, None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("²", None),
        ("12\n", None),
        ("9" * 15, 10**15 - 1),
        ("9" * 16, None),
        ("9" * 5_000, None),
    ],
)
def test_a_whole_number_in_an_address_fits_into_a_column(text: str | None, found: int | None) -> None:
    assert whole(text, None) == found
