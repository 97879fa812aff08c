"""A line that asks for a step is read, or refused with what is wrong with it."""

from __future__ import annotations

import json

import pytest

from swb_conformance.live import CannotActError, Step, parse_step
from swb_schemas.errors import RefusedError


def test_a_step_is_read_with_its_members() -> None:
    found = parse_step(b'{"step": "arrived", "within": 5, "document_id": "x", "times": 2}\n')
    assert (found.step, found.within) == (Step.ARRIVED, 5.0)
    assert found.members == {"document_id": "x", "times": 2}
    assert parse_step(b'{"step": "restart"}').within == 60.0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "found none"),
        (b"junk\n", "expected JSON"),
        (b"\xff\n", "expected JSON"),
        (b"[]", "expected an object with a step"),
        (b"{}", "expected step: a text, found none"),
        (b'{"step": 1}', "expected step: a text, found 1"),
        (b'{"step": "enter"}', "expected document of the step enter: a text, found none"),
        (b'{"step": "enter", "document": "?"}', "base64"),
        (b'{"step": "kept", "certificate_key": "x"}', "expected message_type of the step kept"),
        (b'{"step": "close", "within": "x"}', "expected within: seconds"),
        (b'{"step": "close", "within": -1}', "expected within: seconds"),
        (b'{"step": "close", "within": true}', "expected within: seconds"),
        (b'{"step": "summary", "partner": "VN", "day": "today"}', "YYYY-MM-DD, found 'today'"),
    ],
)
def test_what_is_no_step_is_refused_by_name(line: bytes, reason: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        parse_step(line)
    assert refusal.value.code == "conformance.step"
    assert reason in refusal.value.message


def test_a_step_that_there_is_not_is_none_that_is_done_here() -> None:
    with pytest.raises(CannotActError, match=r"\(enter, .*summary\), found 'dance'"):
        parse_step(json.dumps({"step": "dance"}).encode())
