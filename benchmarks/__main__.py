"""`python -m benchmarks NAME [--option …]`: run one benchmark on servers of its own, and print one JSON line.

The first run generates the catalog and the companies that it is measured on (several minutes); later ones keep them.
"""

import argparse
import json
import os
import sys
from importlib import import_module
from pathlib import Path

import django

from config.children import become_interruptible
from config.embedded import ROOT, ServerError, Servers, development_environment

HOME = ROOT / "var" / "benchmarks"
NAMES = ("add_to_cart", "cart_page", "catalog_page", "place_order", "product_page", "quick_order")
PORT = 8990


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--seconds", type=float, default=10, help="how long to measure (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=4, help="requests at once (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (default: %(default)s)")
    parser.add_argument("--lines", type=int, default=50, help="lines of the carts or the paste (default: %(default)s)")
    parser.add_argument("--holding", type=int, default=0, help="lines in the cart that the buyers hold meanwhile")
    parser.add_argument("--products", type=int, default=50_000, help="size of the catalog (default: %(default)s)")
    parser.add_argument("--companies", type=int, default=1_000, help="number of customers (default: %(default)s)")
    options = parser.parse_args()
    become_interruptible()
    servers = Servers(HOME)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        **development_environment(HOME, PORT),
        **servers.environment,
        "ENVIRONMENT": "development",
        "PORT": str(PORT),
        "PYTHONWARNINGS": "ignore",
        "GRANIAN_LOG_LEVEL": "warning",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
    }
    try:
        django.setup()
        harness, world = import_module("benchmarks.harness"), import_module("benchmarks.world")
        figures = harness.measure(
            servers,
            world.Size(options.products, options.companies),
            import_module(f"benchmarks.{options.name}").calls,
            options,
        )
    except KeyboardInterrupt:
        return 130
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps({"benchmark": options.name, **figures}))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.exit(main())
