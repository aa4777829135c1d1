from collections.abc import Iterator

import pytest

from apps.portal.queries import broken_invariants


@pytest.fixture(autouse=True)
def balanced(db: None) -> Iterator[None]:
    """Whatever a test did, the books agree afterwards."""
    yield
    assert broken_invariants() == []
