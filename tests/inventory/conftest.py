import pytest

from apps.catalog.models import Product
from apps.inventory.models import Warehouse
from apps.portal.queries import broken_invariants
from tests.factories import make_category, make_product, make_warehouse


@pytest.fixture(autouse=True)
def balanced(db: None) -> object:
    yield
    assert broken_invariants() == []


@pytest.fixture
def oslo(db: None) -> Warehouse:
    return make_warehouse("OSL")


@pytest.fixture
def hamburg(oslo: Warehouse) -> Warehouse:
    return make_warehouse("HAM", country="DE", time_zone="Europe/Berlin")


@pytest.fixture
def drill(db: None) -> Product:
    """Bought again within 12 days."""
    return make_product(make_category("Drills"), "TL-D338-068C", lead_days=12)


@pytest.fixture
def gloves(db: None) -> Product:
    """Not bought again."""
    return make_product(make_category("Gloves"), "GL-N7-0930")
