"""Numbers under which products are known."""

import re
import unicodedata

from stdnum import ean

# Cyrillic letters that people type for the Latin ones they look like.
LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
NOT_KEY = re.compile(r"[^0-9A-Z]+")


def normalize_number(text: str) -> str:
    """The key under which a number is looked for: one case, no separators, Latin letters, ASCII digits.

    `m8×40`, `M8 x 40` and Cyrillic `М8х40` have one key.
    """
    folded = unicodedata.normalize("NFKC", text).replace("×", "X").upper().translate(LOOK_ALIKES)
    return NOT_KEY.sub("", folded)


def clean_gtin(text: str) -> str:
    """The digits of a GTIN-8, -12, -13 or -14.

    :raises ValueError: wrong length or check digit (GS1 General Specifications 7.9).
    """
    digits = ean.compact(text)
    if not ean.is_valid(digits):
        raise ValueError(text)
    return digits
