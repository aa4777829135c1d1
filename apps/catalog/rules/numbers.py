"""Numbers under which products are known."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations

from stdnum import ean

# Cyrillic letters that people type for the Latin ones they look like.
LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
# Signs that are taken for each other when a number is read off paper or a screen.
MISREAD = {"O": "0", "0": "O", "I": "1", "1": "I", "L": "1", "S": "5", "5": "S", "B": "8", "8": "B", "Z": "2", "2": "Z"}
ALIKE = str.maketrans("OILSBZ", "011582")
NOT_KEY = re.compile(r"[^0-9A-Z]+")


def normalize_number(text: str) -> str:
    """The key under which a number is looked for: one case, no separators, Latin letters, ASCII digits.

    `m8×40`, `M8 x 40` and Cyrillic `М8х40` have one key.
    """
    return NOT_KEY.sub("", latin_look(unicodedata.normalize("NFKC", text).replace("×", "X")))


def latin_look(text: str) -> str:
    """A text in capitals, with the Latin letters that its Cyrillic ones look like."""
    return text.upper().translate(LOOK_ALIKES)


def read_alike(text: str) -> str:
    """A text in capitals in which signs that are taken for each other are the same."""
    return text.translate(ALIKE)


def misread_keys(key: str) -> list[str]:
    """What a number may have been before one or two of its signs were misread or two neighbors changed places.

    Letter O for zero comes first. All O and zeros, or all I and ones, change together too, as a font makes them look
    alike throughout.
    """
    places = [place for place, sign in enumerate(key) if sign in MISREAD]
    places.sort(key=lambda place: "O0I1L5S8B2Z".index(key[place]))
    whole = key.replace("O", "0").replace("I", "1").replace("L", "1")
    swapped = [
        key[:place] + key[place + 1] + key[place] + key[place + 2 :]
        for place in range(len(key) - 1)
        if key[place].isdigit() == key[place + 1].isdigit()
    ]
    one, two = (_misread(key, places, count) for count in (1, 2))
    return [other for other in dict.fromkeys([whole, *one, *swapped, *two]) if other != key]


def _misread(key: str, places: Sequence[int], count: int) -> list[str]:
    return [
        "".join(MISREAD[sign] if place in chosen else sign for place, sign in enumerate(key))
        for chosen in combinations(places, count)
    ]


def clean_gtin(text: str) -> str:
    """The digits of a GTIN-8, -12, -13 or -14.

    :raises ValueError: wrong length or check digit (GS1 General Specifications 7.9).
    """
    digits = ean.compact(text)
    if not ean.is_valid(digits):
        raise ValueError(text)
    return digits
