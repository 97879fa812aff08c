"""The proof by mutation on the wire: what our own gateway does wrong is noticed, and named.

One gateway runs on embedded back ends. Each fault is switched on alone, and the one case that
notices it is played: it has to fail about the requirement that the fault breaks, for the reason
that it is. Without the fault the same case passes.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from swb.cli.conformance_gateway import open_gateway
from swb.observability import configure_logs
from swb_conformance.live import Patience, list_cases
from swb_conformance.requirements import load_requirements
from swb_conformance.selecting import select_cases
from swb_conformance.testing import Status
from tests.conformance.live.test_own_gateway import QUICK, Line
from tests.conformance.live.wrong import handing, moving, saying, taking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_conformance.live import Stage
    from swb_conformance.testing import SuiteCase

PARTS = (saying.WRONG, taking.WRONG, moving.WRONG, handing.WRONG)
WRONG = {name: wrong for part in PARTS for name, wrong in part.items()}
CASES = sorted({each.case for each in WRONG.values()})
EXCHANGED = ("CertificateIssue-ATIGA", "DeclarationExtract", "PhytosanitaryCertificate-IPPC")
HASTY = tuple(Patience(answer=2, act=2, quiet=quiet) for quiet in (0.3, 1, 4))
"""A fault that makes a gateway mute costs no more than this; who is healthy is not hurried. Where
nothing may come, a slow machine is given more time to say it."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    configure_logs(level=logging.CRITICAL)
    with open_gateway(state="TH", adapters=["thailand", "canonical"], kinds=EXCHANGED) as opened:
        yield opened


def find_case(stage: Stage, name: str) -> SuiteCase:
    (case,) = select_cases(list_cases(name.partition("/")[0], stage), only=[name])
    return case


@pytest.mark.parametrize("name", CASES)
def test_without_a_fault_the_case_passes(stage: Stage, name: str) -> None:
    stage.patience = QUICK
    result = find_case(stage, name).try_on(Line())
    assert (result.status, result.reason) == (Status.PASSED, "")


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_noticed_by_the_requirement_that_it_breaks(
    stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = WRONG[name]
    case = find_case(stage, wrong.case)
    assert wrong.requirement in case.requirements
    wrong.switch_on(monkeypatch)
    for stage.patience in HASTY:
        result = case.try_on(Line())
        if result.status is Status.FAILED and wrong.told in result.reason:
            break  # else its fault came so late that something else was noticed, or nothing
    assert result.status is Status.FAILED
    assert wrong.told in result.reason
    assert result.evidence


def test_the_faults_are_many_and_each_is_its_own() -> None:
    assert len(WRONG) == sum(map(len, PARTS)) >= 40
    assert len({each.text for each in WRONG.values()}) == len(WRONG)
    assert {each.requirement for each in WRONG.values()} <= set(load_requirements())
