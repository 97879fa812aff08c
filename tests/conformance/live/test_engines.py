"""Our own gateway on RabbitMQ and PostgreSQL passes both live profiles."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from swb.backends.postgres.node import find_postgres
from swb.backends.rabbitmq.node import find_rabbitmq
from swb.cli.conformance_gateway import open_gateway
from swb.observability import configure_logs
from swb_conformance.live import Stage, list_cases
from swb_conformance.testing import Status
from tests.acceptance.program import find_program
from tests.conformance.live.test_own_gateway import QUICK, Line
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True, scope="module")
def _engines() -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")


@pytest.fixture(scope="module")
def stage(_engines: None) -> Iterator[Stage]:
    """One gateway for both profiles: servers and a region are started for each."""
    configure_logs(level=logging.CRITICAL)
    with open_gateway(state="VN", adapters=["vietnam"], engines=True, patience=QUICK) as opened:
        yield opened


@pytest.mark.parametrize("profile", ["gateway", "end-to-end"])
def test_a_gateway_on_real_engines_passes(stage: Stage, profile: str) -> None:
    results = {case.name: case.try_on(Line()) for case in list_cases(profile, stage)}
    assert len(results) > 40
    assert {
        name: (result.status, result.reason)
        for name, result in results.items()
        if result.status is not Status.PASSED
    } == {}


def test_the_command_tries_it_on_real_engines() -> None:
    told = find_program()(
        *("conformance", "run", "--profile", "end-to-end", "--target", "builtin:vietnam"),
        *("--only", "whole/*an-import-is-received-and-given-preference", "--json"),
        env={"SWB_CONFORMANCE_ENGINES": "1"},
    )
    assert told.status == 0, told.value
    assert told.value["passed"] == len(told.value["cases"]) > 0
