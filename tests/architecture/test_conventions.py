"""Laws of the house that a reader of one file cannot see."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.BASE_DIR)
OWN_APPS = [config for config in apps.get_app_configs() if config.name.startswith("apps.")]
OWN_MODELS = [model for config in OWN_APPS for model in config.get_models()]

# Rows of the supplier or of a person: no company owns them. What a buyer sees of the catalog, assortments decide.
SHARED = {
    "accounts.User",
    "activity.Delivery",
    "catalog.AssortmentItem",
    "catalog.AssortmentRule",
    "catalog.Attribute",
    "catalog.AttributeOption",
    "catalog.AttributeValue",
    "catalog.Brand",
    "catalog.Category",
    "catalog.CategoryAttribute",
    "catalog.CategoryText",
    "catalog.Family",
    "catalog.FamilyText",
    "catalog.ItemNumber",
    "catalog.PackLevel",
    "catalog.Product",
    "catalog.ProductFile",
    "catalog.ProductText",
    "catalog.QuantityRule",
    "catalog.SearchEntry",
    "catalog.SearchWord",
    "core.Stamp",
    "freight.DeliveryMethod",
    "freight.FreightRate",
    "freight.FreightRule",
    "freight.FreightZone",
    "freight.Route",
    "inventory.Receipt",
    "inventory.Stock",
    "inventory.StockMovement",
    "inventory.Warehouse",
    "inventory.WarehouseClosure",
    "orgs.CustomerType",
    "pricing.DiscountRule",
    "pricing.Price",
    "pricing.PriceList",
    "pricing.PriceListAssignment",
    "pricing.TaxRate",
    "orgs.PaymentTerms",
    "orgs.Role",
}


def sources(*patterns: str) -> list[Path]:
    return sorted(
        path for pattern in patterns for path in (ROOT / "apps").glob(pattern) if "migrations" not in path.parts
    )


def calls(path: Path) -> Iterator[ast.Attribute]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def test_views_forms_and_tags_get_rows_only_through_the_tenant_filter() -> None:
    found = [
        where(path, node)
        for path in sources("*/views.py", "*/views/*.py", "*/forms.py", "*/forms/*.py", "*/templatetags/*.py")
        for node in calls(path)
        if node.attr in {"objects", "_default_manager", "_base_manager"}
    ]

    assert found == []


def test_locks_stand_only_in_core_querysets() -> None:
    found = [
        where(path, node)
        for path in sources("**/*.py")
        # The second refuses queries with one.
        if path not in {ROOT / "apps/core/querysets.py", ROOT / "apps/core/prepared.py"}
        for node in calls(path)
        if node.attr == "select_for_update"
    ]

    assert found == []


def test_transactions_begin_only_in_actions() -> None:
    allowed = {ROOT / "apps/orgs/builtin.py"}
    found = [
        where(path, node)
        for path in sources("**/*.py")
        if path not in allowed and not {"actions", "demo"} & set(path.parts)
        for node in calls(path)
        if node.attr == "atomic"
    ]

    assert found == []


def test_the_environment_is_read_by_the_settings_alone() -> None:
    found = [where(path, node) for path in sources("**/*.py") for node in calls(path) if node.attr == "environ"]

    assert found == []


def test_no_test_times_anything() -> None:
    """A busy machine is no fault; statements are counted instead, and benchmarks measure."""
    clocks = {"monotonic", "perf_counter", "process_time"}
    files = sorted((ROOT / "tests").glob("**/*.py"))
    found = [where(path, node) for path in files for node in calls(path) if node.attr in clocks]

    assert found == []


def test_money_is_never_a_float() -> None:
    found = [
        where(path, node)
        for path in sources("*/models.py", "*/models/*.py", "*/rules.py", "*/actions/*.py", "*/queries.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]

    assert found == []


@pytest.mark.parametrize("path", sources("*/actions/*.py"), ids=lambda path: f"{path.parent.parent.name}.{path.stem}")
def test_an_action_file_has_the_public_function_of_its_name(path: Path) -> None:
    if path.stem == "__init__":
        assert path.read_text() == ""
        return
    functions = {node.name: node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}

    assert path.stem in functions
    assert ast.get_docstring(functions[path.stem])


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_every_model_belongs_to_a_company_or_says_that_it_does_not(model: type[models.Model]) -> None:
    is_owned = any(field.name == "organization" and not field.null for field in model._meta.get_fields())
    has_path = hasattr(model, "ORG_PATH") or hasattr(model, "TENANT_COLUMN")

    assert is_owned or has_path or model._meta.label in SHARED


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_a_row_of_a_company_cannot_point_into_another(model: type[models.Model]) -> None:
    """Each foreign key between rows of companies has its composite constraint, and no plain one beside it."""
    is_tenant = {m for m in OWN_MODELS if any(f.name == "organization" and not f.null for f in m._meta.get_fields())}
    guarded = {getattr(constraint, "field", None) for constraint in model._meta.constraints}
    for field in model._meta.fields:
        if model in is_tenant and field.is_relation and field.related_model in is_tenant:
            assert field.name in guarded, f"{field.name} needs a TenantForeignKey"
            assert not field.db_constraint, f"{field.name} is checked twice"


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_at_the_same_app_or_one_below(model: type[models.Model]) -> None:
    stack = [
        "core",
        "activity",
        "accounts",
        "orgs",
        "ledger",
        "catalog",
        "inventory",
        "pricing",
        "freight",
        "orders",
        "shop",
        "approvals",
    ]
    stack += ["fulfillment", "notifications", "portal"]
    for field in model._meta.fields:
        if field.is_relation and field.related_model in OWN_MODELS:
            assert stack.index(field.related_model._meta.app_label) <= stack.index(model._meta.app_label)


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_no_model_has_a_hidden_order(model: type[models.Model]) -> None:
    # treebeard's own path order is what makes a tree a tree.
    assert not model._meta.ordering or model._meta.label in {"orgs.OrgUnit", "catalog.Category"}
