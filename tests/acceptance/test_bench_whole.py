"""``swb bench`` measures every part that is asked for. Never how fast: that is the machine's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from swb.clock import SystemClock
from swb.sandbox.region import list_states
from swb.simulator.issuing import draw_certificate
from swb_schemas.xml import encode
from tests.acceptance.test_crashes import prepare
from tests.cli_reference import documented_members

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode
    from tests.acceptance.program import Program

pytestmark = pytest.mark.timeout(240)

LEAST = (
    *("--runs", "1", "--items", "1", "--documents", "4", "--demo-documents", "2"),
    *("--turn-seconds", "0.001"),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench") / "run.json"


@pytest.fixture(scope="module")
def figures(swb: Program, file: Path, rabbitmq_node: PrivateNode) -> dict[str, Any]:
    url = asyncio.run(prepare(rabbitmq_node, ("TH", "VN")))
    parts = ("--parts", "road,peers,steps", "--out", str(file), "--json")
    ran = swb("bench", *LEAST, "--amqp-url", url, *parts)
    assert ran.status == 0, ran.stderr
    return ran.value


def test_has_the_members_that_the_page_names(figures: dict[str, Any]) -> None:
    assert set(figures) == documented_members("swb bench") - {"changes"}


def test_measures_road_and_pipe_clear_and_encrypted(figures: dict[str, Any]) -> None:
    assert [(case["items"], case["protected"]) for case in figures["road"]] == [
        (1, False),
        (1, True),
    ]
    for case in figures["road"]:
        assert case["road"]["documents_per_second"] > 0
        assert case["road"]["ratio_to_bare_pipe"] > 0
        assert set(case["road"]["latency_ratio_to_bare_pipe"]) == {"median", "p99"}
        latency = case["bare_pipe"]["latency_at_half_load"]
        assert 0 < latency["median_seconds"] <= latency["p95_seconds"] <= latency["p99_seconds"]


def test_measures_peers_on_every_processor(figures: dict[str, Any]) -> None:
    assert set(figures["peers"]) == {"pyas2lib", "plain_pipeline"}
    # Targets hold them against the road of three items, whichever else is measured.
    held_against = draw_certificate(
        exporting="TH",
        importing="VN",
        serial=1,
        seed=1,
        on=SystemClock().now().date(),
        items=3,
    )
    for peer in figures["peers"].values():
        assert peer["documents_per_second"] > 0
        assert peer["octets"] == len(encode(held_against))
        assert peer["processes"] == figures["machine"]["processors"]


def test_measures_each_step_beside_its_floor(figures: dict[str, Any]) -> None:
    issue, receipt = figures["steps"]
    assert (issue["document"], receipt["document"]) == ("CertificateIssue", "TransportAck")
    assert {"adapt", "check", "encode", "xsd", "parse"} <= set(issue["steps"])
    assert {"seal", "sign", "verify_seal", "verify_message", "accept", "publish"} <= (
        set(issue["steps"]) & set(receipt["steps"])
    )
    assert {"store", "encrypt", "decrypt"} <= set(issue["steps"]) - set(receipt["steps"])
    for step in (*issue["steps"].values(), *receipt["steps"].values()):
        assert step["microseconds"] > 0
        assert step["floor_microseconds"] > 0
        assert step["floor"]
    assert [work["protected"] for work in figures["work"]] == [False, True]


def test_measures_beginnings(swb: Program) -> None:
    value = swb("bench", *LEAST, "--parts", "start", "--json").value
    start = value["start"]
    assert (value["road"], value["peers"], value["steps"]) == ([], {}, [])
    assert start["help_seconds"] > start["python_seconds"] > 0
    assert 0 < start["demo_first_document_seconds"] <= start["demo_seconds"]


def test_measures_the_demonstration_on_both_transports(
    swb: Program, rabbitmq_node: PrivateNode
) -> None:
    """The demonstration takes the server that its environment names, as people's does."""
    env = {"SWB_AMQP_URL": asyncio.run(prepare(rabbitmq_node, list_states()))}
    demo = swb("bench", *LEAST, "--parts", "demo", "--json", env=env).value["demo"]
    assert demo["documents"] == 2
    assert demo["embedded_documents_per_second"] > 0
    assert demo["rabbitmq_documents_per_second"] > 0


def test_shows_and_compares_what_an_earlier_run_wrote(
    swb: Program, figures: dict[str, Any], file: Path
) -> None:
    ran = swb("bench", "--show", str(file), "--compare", str(file), "--json")
    assert set(ran.value) == documented_members("swb bench")
    assert {name: ran.value[name] for name in figures} == figures
    assert ran.value["changes"]
    assert all(change["before"] == change["now"] for change in ran.value["changes"])


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        (("--parts", "weather"), 2, "cli.usage"),
        (("--items", "0"), 2, "cli.usage"),
        (("--items", "three"), 2, "cli.usage"),
        (("--out", "missing/run.json"), 4, "cli.output"),
        (("--show", "missing.json"), 4, "bench.unreadable"),
        (("--show", __file__), 1, "bench.no_picture"),
    ],
)
def test_refuses_what_it_cannot_measure_or_show(
    swb: Program, options: tuple[str, ...], status: int, code: str
) -> None:
    ran = swb("bench", *options, "--json")
    assert (ran.status, ran.failure["code"]) == (status, code)
