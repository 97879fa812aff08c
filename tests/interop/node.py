"""Puts questions to the programs of ``tests/interop/node``, all in one run."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.services import ROOT, require_node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ask"]


def ask(questions: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Ask, and get one answer for each question: what came out, or ``error: `` and why nothing did.

    Args:
        questions: Each with a ``verb``; see ``node/run.mjs``.
    """
    done = subprocess.run(
        [require_node(), "run.mjs"],
        input=json.dumps(questions).encode(),
        capture_output=True,
        cwd=ROOT / "tests" / "interop" / "node",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    answers = json.loads(done.stdout)
    assert len(answers) == len(questions)
    return [each.get("value", f"error: {each.get('error')}") for each in answers]
