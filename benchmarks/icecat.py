"""The Icecat catalog of the search data set as files for `manage.py import_catalog` and `manage.py import_prices`.

    python -m benchmarks.icecat [products.jsonl.gz] [catalog.csv] [prices.csv]

Nothing of the source is lost. What has no place as it is goes to the next one that a person would look in:

- an EAN that is no GTIN (one has eleven digits) becomes an old number, by which the product is still found;
- a model's name that is longer than a number may be, and a technical text of more than 500 characters (mostly prose on
  warranty or system requirements), become paragraphs of the description;
- a title of more than 240 characters is cut, and stands in full before the description;
- a code of more than 60 characters is cut and made unique by a checksum; the attribute keeps its name;
- six texts hold Windows-1252 read as Latin-1 (a control character where a dash or a trademark sign was): mended;
- thirteen codes are used both with numbers and with texts: the texts get a code with `_text`; a number with more than
  six decimals becomes a text as well.

Prices are in US cents, one for each product.
"""

import csv
import gzip
import json
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from apps.catalog.rules import clean_gtin

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "icecat_chorus" / "products.jsonl.gz"
COLUMNS = ("sku", "name", "description", "category", "brand", "mpn", "gtin", "old_number", "attributes")
PRICE_COLUMNS = ("sku", "price", "currency")
NUMBER_LENGTH, NAME_LENGTH, TEXT_LENGTH, OPTION_LENGTH, CODE_LENGTH, DECIMALS = 60, 240, 500, 80, 60, 6
# A text with few values that come back is something to filter by.
MOST_OPTIONS, LEAST_USES = 40, 3
C1 = re.compile("[\x80-\x9f]")
KINDS = {"t": "text", "n": "number", "b": "yes_no"}


def products(source: Path) -> Iterator[dict[str, Any]]:
    """The products as they are, their letters mended; numbers keep their digits."""
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            product = json.loads(line, parse_float=Decimal)
            yield {key: mended(value) if isinstance(value, str) else value for key, value in product.items()}


def mended(text: str) -> str:
    return C1.sub(lambda found: found[0].encode("latin-1").decode("cp1252"), text)


def attributes_of(product: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in product.items() if key.startswith("attr_")}


class Converter:
    """Knows which attributes there are before it writes the first row."""

    def __init__(self, source: Path) -> None:
        self.source = source
        values: dict[str, set[str]] = defaultdict(set)
        uses: dict[str, int] = defaultdict(int)
        kinds: dict[str, set[str]] = defaultdict(set)
        for product in products(source):
            for key, value in attributes_of(product).items():
                kinds[key[7:]].add(key[5])
                uses[key] += 1
                if isinstance(value, str):
                    values[key].add(value)
        self.mixed = {code for code, found in kinds.items() if len(found) > 1}
        self.choices = {
            key
            for key, found in values.items()
            if len(found) <= MOST_OPTIONS and uses[key] >= LEAST_USES and max(map(len, found)) <= OPTION_LENGTH
        }

    def code_of(self, key: str) -> str:
        """attr_n_width -> width."""
        kind, code = key[5], key[7:].strip("_")
        if key[7:] in self.mixed and kind != "n":
            code = f"{code}_{KINDS[kind]}"
        if len(code) > CODE_LENGTH:
            code = f"{code[: CODE_LENGTH - 9]}_{zlib.crc32(key.encode()):08x}"
        return code

    def rows(self) -> Iterator[dict[str, str]]:
        for product in products(self.source):
            yield self.row(product)

    def row(self, product: dict[str, Any]) -> dict[str, str]:
        title, name = product["title"], product["name"]
        paragraphs = [product.get("short_description") or ""]
        if len(title) > NAME_LENGTH:
            paragraphs.insert(0, title)
            title = f"{title[: NAME_LENGTH - 1].rstrip()}…"
        if len(name) > NUMBER_LENGTH or not re.search("[0-9A-Za-z]", name):
            paragraphs.append(f"Model: {name}")
            name = ""
        found: dict[str, Any] = {}
        for key, value in attributes_of(product).items():
            words = key[7:].replace("_", " ").strip().capitalize()
            entry = self.entry(key, value)
            if entry is None:
                paragraphs.append(f"{words}: {value}")
            else:
                code, kind, text = entry
                found[code] = {kind: text, "name": words} if len(code) == CODE_LENGTH else {kind: text}
        gtins, others = split_gtins(product.get("ean") or ())
        return {
            "sku": f"IC-{product['id']}",
            "name": title,
            "description": "\n\n".join(filter(None, paragraphs)),
            "category": f"Computers and office > {product['supplier']}",
            "brand": product["supplier"],
            "mpn": name,
            "gtin": "|".join(gtins),
            "old_number": "|".join(others),
            "attributes": json.dumps(found, ensure_ascii=False) if found else "",
        }

    def entry(self, key: str, value: Any) -> tuple[str, str, Any] | None:
        """Code, kind and value; None where the value is too long to be one."""
        code = self.code_of(key)
        if isinstance(value, bool):
            return code, "yes_no", value
        if isinstance(value, Decimal):
            exponent = value.normalize().as_tuple().exponent
            if isinstance(exponent, int) and -exponent > DECIMALS:
                return f"{code}_text", "text", f"{value:f}"
            return code, "number", f"{value.normalize():f}"
        if len(value) > TEXT_LENGTH:
            return None
        return code, "choice" if key in self.choices else "text", value


def split_gtins(codes: Iterable[str]) -> tuple[list[str], list[str]]:
    gtins, others = [], []
    for code in codes:
        try:
            gtins.append(clean_gtin(code))
        except ValueError:
            others.append(code)
    return gtins, others


def price_rows(source: Path) -> Iterator[dict[str, str]]:
    for product in products(source):
        price = str(Decimal(product["price"]).scaleb(-2))
        yield {"sku": f"IC-{product['id']}", "price": price, "currency": "USD"}


def write(source: Path, catalog: Path, prices: Path, *, most: int | None = None) -> int:
    """Write the files, of all products or of the first ones; how many rows each has below its header."""
    count = 0
    for target, columns, rows in (
        (catalog, COLUMNS, Converter(source).rows()),
        (prices, PRICE_COLUMNS, price_rows(source)),
    ):
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            count = sum(1 for row in islice(rows, most) if writer.writerow(row))
    return count


if __name__ == "__main__":
    _given = [Path(name) for name in sys.argv[1:]]
    _source, _catalog, _prices = (*_given, *(SOURCE, Path("icecat.csv"), Path("icecat-prices.csv"))[len(_given) :])
    sys.stdout.write(f"{write(_source, _catalog, _prices)} products in {_catalog}, their prices in {_prices}\n")
