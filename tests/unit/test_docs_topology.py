"""The page on the AMQP topology says what is applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from swb.backends.rabbitmq.topology import build_permissions, build_topology
from swb.config import DefaultsConfig, RouterConfig
from tests.services import ROOT

if TYPE_CHECKING:
    from swb.backends.rabbitmq.topology import Queue

PAGE = (ROOT / "docs" / "reference" / "topology.md").read_text(encoding="utf-8")
TOPOLOGY = build_topology("TH")


def rows_after(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    _, _, below = PAGE.partition(f"\n## {heading}\n")
    match = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert match is not None
    return [
        [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in match[0].splitlines()[2:]
    ]


def test_names_every_exchange_and_queue() -> None:
    named = {(kind, name.strip("`")) for kind, name, _ in rows_after("Names")}
    assert named == {
        *(("exchange", exchange.name) for exchange in TOPOLOGY.exchanges),
        *(("queue", queue.name) for queue in TOPOLOGY.queues),
    }


def test_names_every_binding() -> None:
    for binding in TOPOLOGY.bindings:
        key = binding.routing_key.replace("TH", "<STATE>")
        assert f"| `{binding.exchange}` | `{key}` | `{binding.queue}` |" in PAGE


@pytest.mark.parametrize("queue", TOPOLOGY.queues, ids=lambda queue: queue.name)
def test_names_every_argument(queue: Queue) -> None:
    column = 2 if queue.name.endswith(".dead") else 1
    documented = {row[0].strip("`"): row[column] for row in rows_after("Queue arguments")}
    assert queue.arguments.keys() == {name for name, value in documented.items() if value}
    for name, value in queue.arguments.items():
        expected = "the default exchange" if value == "" else f"`{value}`"
        assert expected in documented[name]


@pytest.mark.parametrize("role", ["member", "router"])
def test_names_every_permission(role: str) -> None:
    permissions = dict(zip(("member", "router"), build_permissions("TH"), strict=True))[role]
    [row] = [row for row in rows_after("Users and permissions") if row[0] == role]
    assert row[1:] == [
        f"`{pattern}`"
        for pattern in (
            permissions.configure,
            permissions.write,
            permissions.read,
            permissions.submit_keys,
        )
    ]


def test_names_every_default_limit() -> None:
    documented = {row[3].strip("`"): row[2] for row in rows_after("Limits")}
    for name, field in DefaultsConfig.model_fields.items():
        assert documented[name] == str(field.default)
    for name in ("max_connections", "max_channels"):
        assert documented[f"[[router]] {name}"] == str(RouterConfig.model_fields[name].default)
