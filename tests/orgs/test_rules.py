import pytest

from apps.orgs.rules import clean_vat_id


@pytest.mark.parametrize(
    ("country", "typed", "clean"),
    [
        ("NO", "NO 100 000 008 MVA", "NO100000008MVA"),
        ("DE", "100000008", "DE100000008"),
        ("DE", " de 100 000 008 ", "DE100000008"),
        ("GR", "094259216", "EL094259216"),
        ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("AE", "100 2003 0040 0003", "100200300400003"),
    ],
)
def test_a_vat_id_becomes_compact(country: str, typed: str, clean: str) -> None:
    assert clean_vat_id(country, typed) == clean


@pytest.mark.parametrize(("country", "typed"), [("NO", "123456789MVA"), ("DE", "1"), ("FR", "DE100000008")])
def test_a_number_with_wrong_digits_is_refused(country: str, typed: str) -> None:
    with pytest.raises(ValueError, match=typed):
        clean_vat_id(country, typed)
