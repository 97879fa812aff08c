"""The wire needs no Python: a target in JavaScript, made from its pages, passes the profile."""

from __future__ import annotations

import shlex

from swb_conformance.events import Standing
from tests.conformance.trying import try_target
from tests.services import ROOT, require_node


def test_the_javascript_target_passes_the_message_profile() -> None:
    node = require_node("examples/conformance-node")
    program = ROOT / "examples" / "conformance-node" / "main.mjs"
    ended = try_target(f"command:{shlex.join([str(node), str(program)])}", "message")
    assert len(ended) > 200
    assert [
        (each.name, each.reason) for each in ended if each.standing is not Standing.PASSED
    ] == []
