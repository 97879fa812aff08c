"""The XSD decides and the models mirror it: compared field by field, in both directions."""

from __future__ import annotations

import pytest

from tests.shapes import describe_model
from tests.unit.schemas.mirrors import PAIRS, SCHEMAS, UNIQUE, describe


@pytest.mark.parametrize("name", PAIRS)
def test_xsd_and_model_say_the_same(name: str) -> None:
    shape = describe(SCHEMAS, name)
    assert shape.unique == UNIQUE.get(name, ())
    model = describe_model(PAIRS[name].model)
    assert shape.attributes == model.attributes
    assert [each.name for each in shape.children] == [each.name for each in model.children]
    for stated, mirrored in zip(shape.children, model.children, strict=True):
        assert stated == mirrored
