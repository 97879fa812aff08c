"""Options of commands that may take minutes reach what they start, which tests start in small."""

from __future__ import annotations

import inspect
import pkgutil
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb.cli.entry import main
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

URL: Final = "amqp://127.0.0.1:1"
_CASES: Final[dict[str, tuple[str, Sequence[str], dict[str, object]]]] = {
    "demo": ("swb.cli.demo._demonstrate", ("--clear",), {"protect": False}),
    "demo, encrypted": ("swb.cli.demo._demonstrate", ("--protect",), {"protect": True}),
    "bench": (
        "swb.cli.bench._measure",
        ("--no-evidence", "--store", "postgres", "--minutes", "2", "--amqp-url", URL),
        {"evidence": False, "store": "postgres", "minutes": 2.0, "amqp_url": URL},
    ),
    "bench, stamped": ("swb.cli.bench._measure", ("--evidence",), {"evidence": True}),
    "bench flood": (
        "swb.sandbox.bench.flood.run_flood_bench",
        ("--rate", "3", "--quota", "2", "--seconds", "9", "--runs", "1", "--amqp-url", URL),
        {"rate": 3.0, "quota": 2.0, "seconds": 9.0, "pairs": 1, "amqp_url": URL},
    ),
    "bench growth": (
        "swb.sandbox.bench.growth.run_growth_bench",
        ("--minutes", "0.5", "--amqp-url", URL, "--members", "2,5", "--routers", "1,2"),
        {"minutes": 0.5, "amqp_url": URL, "members": (2, 5), "routers": (1, 2)},
    ),
    "bench nodes": (
        "swb.sandbox.bench.nodes.run_nodes_bench",
        ("--heartbeats", "2,5", "--net-ticktime", "8"),
        {"heartbeats": (2, 5), "net_ticktime": 8},
    ),
    "bench road": (
        "swb.sandbox.bench.road.run_road_bench",
        ("--clear", "--no-evidence", "--store", "postgres", "--items", "5", "--amqp-url", URL),
        {"protect": False, "evidence": False, "store": "postgres", "items": 5, "amqp_url": URL},
    ),
    "bench road, in full": (
        "swb.sandbox.bench.road.run_road_bench",
        ("--protect", "--evidence", "--runs", "1"),
        {"protect": True, "evidence": True, "turns": 1},
    ),
    "bench soak": (
        "swb.sandbox.soak.run_soak",
        (
            *("--minutes", "1", "--share", "0.2", "--items", "7"),
            *("--window", "5"),
            "--amqp-url",
            URL,
        ),
        {"minutes": 1.0, "share": 0.2, "items": 7, "window": 5.0, "amqp_url": URL},
    ),
    "conformance run": (
        "swb.cli.conformance_run._run",
        (
            *("--profile", "adapter", "--target", "builtin:thailand"),
            *("--run-within", "90", "--case-within", "9", "--answer-within", "2"),
        ),
        {"run_within": 90.0, "case_within": 9.0, "answer_within": 2.0},
    ),
    "drill faults": (
        "swb.cli.drill_faults._drill",
        ("--transport", "rabbitmq", "--each-once"),
        {"transport": "rabbitmq", "each_once": True},
    ),
    "drill chaos": (
        "swb.sandbox.chaos.run.run_chaos",
        ("--sqlite", "--seed", "4", "--documents", "9", "--faults", "2", "--patience", "3"),
        {"postgresql": False, "seed": 4, "documents": 9, "strikes": 2, "give_up_after": 3.0},
    ),
    "drill chaos, on a server": (
        "swb.sandbox.chaos.run.run_chaos",
        ("--postgresql", "--nodes", "1"),
        {"postgresql": True, "nodes": 1},
    ),
}


@pytest.mark.parametrize("case", _CASES)
def test_what_is_started_is_told_what_the_options_say(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, options, expected = _CASES[case]
    told: dict[str, Any] = {}
    original = pkgutil.resolve_name(started)

    def note(*arguments: object, **named: object) -> object:
        told.update(inspect.signature(original).bind(*arguments, **named).arguments)
        for each in arguments:
            told.update({name: getattr(each, name) for name in expected if hasattr(each, name)})
        raise RefusedError("drill.not_once", "it was not started")

    monkeypatch.setattr(started, note)
    command = case.partition(",")[0].split()
    assert main([*command, *options]) == 1
    assert {name: told[name] for name in expected} == expected
