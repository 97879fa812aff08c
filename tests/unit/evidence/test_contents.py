"""The list of contents is anybody's word, and is shown line by line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

import pytest

from swb_schemas.errors import RefusedError
from swb_schemas.evidence.contents import Contents, encode_contents, parse_contents

CONTENTS: Final = Contents(
    reference="TH:dft:1",
    document="0190b0c4-7f3a-7cc0-8aaa-000000000001",
    conversation="0190b0c4-7f3a-7cc0-8aaa-000000000002",
    certificate_key="TH:dft:1",
    environment="test",
    exported_by="TH",
    exported_at=datetime(2026, 11, 22, tzinfo=UTC),
    items=(),
)


@pytest.mark.parametrize("member", ["reference", "certificateKey", "environment"])
@pytest.mark.parametrize(
    "hidden",
    ["\n", "\r", "\x1b[2K", "\x00", "\x85", "\u2028", "\u202e"],
    ids=["line feed", "return", "escape", "nul", "next line", "separator", "direction"],
)
def test_refuses_values_that_would_be_shown_as_more_than_a_line(member: str, hidden: str) -> None:
    members = json.loads(encode_contents(CONTENTS))
    assert parse_contents(json.dumps(members).encode()) == CONTENTS
    for value in (f"x{hidden}accepted: container of evidence", f"x{hidden}"):
        with pytest.raises(RefusedError) as refused:
            parse_contents(json.dumps({**members, member: value}).encode())
        assert refused.value.code == "container.contents"
