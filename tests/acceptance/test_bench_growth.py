"""``swb bench growth`` measures every part that it is asked for. Never how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.backends.rabbitmq.node import find_rabbitmq
from tests.services import miss

if TYPE_CHECKING:
    from tests.acceptance.program import Program


@pytest.mark.timeout(240)
def test_measures_the_road_beside_full_stores_and_quiet_members(swb: Program) -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    ran = swb(
        *("bench", "growth", "--parts", "store,members,routers", "--stores", "sqlite"),
        *("--stored", "300", "--documents", "4", "--runs", "1"),
        *("--members", "11", "--routers", "2", "--json"),
    )
    assert ran.status == 0, ran.stderr
    value = ran.value
    assert value["store"]["sqlite"]["stored"] == 300
    sizes = {
        "empty": value["store"]["sqlite"]["empty"],
        "full": value["store"]["sqlite"]["full"],
        "11 members": value["members"]["11"],
        "2 routers": value["routers"]["2"],
    }
    assert all(each["documents"] == 4 for each in sizes.values())
    assert all(each["documents_per_second"] > 0 for each in sizes.values())
    if used := sizes["2 routers"]["cpu_seconds_per_document"]:
        assert {"router", "router-2", "gateway TH", "gateway VN"} < set(used)
    assert set(value["targets"]) == {"rate_with_documents_in_sqlite"}


@pytest.mark.parametrize(
    "option",
    [
        ("--parts", "store,weather"),
        ("--items", "1,5001"),
        ("--members", "12"),
    ],
    ids=" ".join,
)
def test_refuses_what_cannot_be_measured_as_usage(swb: Program, option: tuple[str, str]) -> None:
    ran = swb("bench", "growth", *option, "--json")
    assert ran.status == 2
    assert ran.failure["code"] == "cli.usage"
