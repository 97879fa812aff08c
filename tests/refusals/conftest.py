"""Keys and a trust list once for all doors; each case has a store of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.refusals.doors import make_keys

if TYPE_CHECKING:
    from swb.backends.softkey import DevelopmentKeys


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentKeys:
    return make_keys(tmp_path_factory.mktemp("trust"))
