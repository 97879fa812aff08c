"""The wrapped files of the catalogue by xmlsec1, which shares no line of code with our reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attacks.reading import canonical
from tests.attacks.stories.wrapping import SHAPES

if TYPE_CHECKING:
    from tests.vectors.xmlsec import Xmlsec

SPARED_BY_XMLSEC1: set[str] = set()


@pytest.mark.parametrize("name", SHAPES)
def test_xmlsec1_refuses_a_wrapped_file(name: str, xmlsec: Xmlsec) -> None:
    assert xmlsec.accepts(canonical(SHAPES[name]())) == (name in SPARED_BY_XMLSEC1)
