"""A vector that is written otherwise than its group asks for is named, and nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.folders import load_group, require_keys
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_conformance.folders import Files


def test_names_a_vector_that_is_written_otherwise() -> None:
    def build(name: str, told: Mapping[str, Any], files: Files) -> str:
        require_keys(told, "of another group")
        return f"{name}{len(files)}"

    with pytest.raises(RefusedError) as refusal:
        load_group("delivery", build)
    assert refusal.value.code == "vector.malformed"
    assert "delivery/" in refusal.value.message
    assert "expected exactly of another group" in refusal.value.message
