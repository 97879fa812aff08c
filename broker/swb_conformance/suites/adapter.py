"""Stub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_conformance.target import Verb
from swb_conformance.testing import Result, Status, SuiteCase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_conformance.target import Target


def list_cases(description: Mapping[str, Any], seed: int) -> Iterator[SuiteCase]:
    """Stub."""

    def try_on(target: Target) -> Result:
        a = target.ask(Verb.TO_CANONICAL, b"nonsense")
        return Result(
            status=Status.PASSED if a.verdict == "refused" else Status.FAILED, reason=a.verdict
        )

    yield SuiteCase(
        name="adapter/reads/refuses-nonsense",
        requirements=("ADP-001",),
        negative=True,
        try_on=try_on,
    )
