"""Our own gateway passes both live profiles with every kind of document, on embedded back ends."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from swb.cli.conformance_gateway import open_gateway
from swb.observability import configure_logs
from swb_conformance.live import KINDS, Patience, Stage, list_cases
from swb_conformance.target import Answer, BrokenTargetError
from swb_conformance.testing import Status
from tests.conformance.published import PublishedAct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_conformance.testing import SuiteCase

QUICK = Patience(answer=15, act=20, quiet=0.3)


class Line:
    """Stands for the gateway where a target is asked for; nobody asks it anything."""

    name = "builtin:thailand"

    def describe(self) -> Mapping[str, object]:
        return {}

    def ask(self, *_: object, **__: object) -> Answer:
        raise BrokenTargetError("nobody asks a gateway questions")

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    configure_logs(level=logging.CRITICAL)
    with open_gateway(
        state="TH", adapters=["thailand", "canonical"], kinds=list(KINDS), patience=QUICK
    ) as opened:
        act = PublishedAct(opened.national)
        opened.national = act
        yield opened
        assert act.steps == {"enter", "arrived", "close", "open", "restart"}


@pytest.mark.parametrize(
    "name", [case.name for profile in ("gateway", "end-to-end") for case in list_cases(profile)]
)
def test_our_gateway_passes(stage: Stage, name: str) -> None:
    profile = name.partition("/")[0]
    result = find_case(profile, name, stage).try_on(Line())
    assert (result.status, result.reason) == (Status.PASSED, "")


def find_case(profile: str, name: str, stage: Stage) -> SuiteCase:
    (case,) = (each for each in list_cases(profile, stage) if each.name == name)
    return case
