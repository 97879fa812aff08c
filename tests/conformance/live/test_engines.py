"""Our own gateway on RabbitMQ and PostgreSQL passes both live profiles, by the command."""

from __future__ import annotations

import pytest

from swb.backends.postgres.node import find_postgres
from swb.backends.rabbitmq.node import find_rabbitmq
from tests.acceptance.program import Program, find_program
from tests.services import miss

PARTS = (
    *(("gateway", f"{part}/5") for part in range(1, 6)),
    *(("end-to-end", f"{part}/2") for part in (1, 2)),
)
"""In parts, so that a busy machine has time for each."""


@pytest.fixture(scope="module")
def swb() -> Program:
    """The installed command."""
    return find_program()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("profile", "part"), PARTS)
def test_a_gateway_on_real_engines_passes(swb: Program, profile: str, part: str) -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")
    ended = swb(
        "conformance",
        "run",
        "--profile",
        profile,
        "--target",
        "builtin:vietnam",
        "--shard",
        part,
        "--json",
        env={"SWB_CONFORMANCE_ENGINES": "1"},
    )
    told = ended.value
    assert "cases" in told, told
    assert told["failed"] == 0, [each for each in told["cases"] if each["status"] == "failed"]
    assert told["skipped"] == 0
    assert told["passed"] == len(told["cases"])
    assert ended.status == 0
