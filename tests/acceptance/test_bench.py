"""``swb bench road`` measures and leaves nothing running. Never how fast: that is the machine's."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from swb.backends.rabbitmq.node import find_rabbitmq
from tests.acceptance.test_crashes import prepare
from tests.cli_reference import documented_members
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Program

pytestmark = pytest.mark.timeout(240)

_DOCUMENTS = 10
_MORE_THAN_IT_SENDS = "100"
"""It sends them for a while; before the first it writes them all, and does that to its end."""
_PROCESSES = {"gateway TH", "gateway VN", "router"}


@pytest.fixture(autouse=True)
def _rabbitmq() -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")


@pytest.fixture(scope="module")
def figures(swb: Program) -> dict[str, Any]:
    ran = swb(
        "bench", "road", "--documents", str(_DOCUMENTS), "--items", "2", "--runs", "1", "--json"
    )
    assert ran.status == 0, ran.stderr
    return ran.value


def test_compares_the_road_with_the_bare_pipe_of_the_same_run(figures: dict[str, Any]) -> None:
    road, pipe = figures["road"], figures["bare_pipe"]
    assert road["documents_per_second"] > 0
    assert pipe["documents_per_second"] > 0
    ratio = road["documents_per_second"] / pipe["documents_per_second"]
    assert road["ratio_to_bare_pipe"] == pytest.approx(ratio, rel=0.01)


def test_says_what_it_measured(figures: dict[str, Any]) -> None:
    assert set(figures) == documented_members("swb bench road")
    assert figures["store"] == "sqlite"
    assert figures["documents"] == _DOCUMENTS
    assert figures["items"] == 2
    assert figures["protected"] is True
    assert figures["evidence"] is True
    assert figures["runs"] == 1
    assert len(figures["road"]["runs"]) == len(figures["bare_pipe"]["runs"]) == 1


def test_weighs_the_messages_of_the_road(figures: dict[str, Any]) -> None:
    sizes = figures["sizes"]
    # A gateway that finds messages at its first look asks its partners for summaries.
    assert set(sizes) - {"ExchangeSummary"} == {"CertificateIssue", "RelayReceipt", "TransportAck"}
    assert all(1_000 < size < 100_000 for size in sizes.values())
    assert set(figures["messages_per_document"]) == set(sizes)
    assert figures["messages_per_document"]["CertificateIssue"] == 1


@pytest.mark.parametrize("side", ["road", "bare_pipe"])
def test_tells_latency_at_half_load(figures: dict[str, Any], side: str) -> None:
    latency = figures[side]["latency_at_half_load"]
    assert 0 < latency["median_seconds"] <= latency["p95_seconds"] <= latency["p99_seconds"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_tells_what_each_process_uses(figures: dict[str, Any]) -> None:
    used = figures["road"]["cpu_seconds_per_document"]
    assert set(used) == _PROCESSES | {"rabbitmq"}
    assert sum(used.values()) > 0
    assert len(figures["bare_pipe"]["cpu_seconds_per_document"]) == 4


def test_refuses_a_count_of_nothing_as_usage(swb: Program) -> None:
    ran = swb("bench", "road", "--documents", "0", "--json")
    assert ran.status == 2
    assert ran.failure["code"] == "cli.usage"


# --- how it ends -------------------------------------------------------------------------------


@pytest.fixture
def bench(
    swb: Program, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A bench whose road is running, on a server of its own where a test asks for it."""
    url = ""
    if getattr(request, "param", "shared") == "shared":
        node = request.getfixturevalue("rabbitmq_node")
        url = asyncio.run(prepare(node, ("TH", "VN")))
    with subprocess.Popen(
        [swb.path, "bench", "road", "--documents", _MORE_THAN_IT_SENDS, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "SWB_AMQP_URL": url, "TMPDIR": str(tmp_path)},
    ) as process:
        yield process
        process.kill()


def _wait_for_road(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the bench ended with {process.returncode}")
        below = psutil.Process(process.pid).children(recursive=True)
        daemons = [each for each in below if "swb.sandbox.child" in _command_of(each)]
        if len(daemons) == len(_PROCESSES) and all(each.num_threads() > 2 for each in daemons):
            return below
        time.sleep(0.05)
    pytest.fail("the road did not start")


def _command_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_an_interrupt_ends_every_process(bench: subprocess.Popen[bytes]) -> None:
    below = _wait_for_road(bench)
    bench.send_signal(signal.SIGINT)
    output, _ = bench.communicate(timeout=100)
    assert bench.returncode == 130
    assert b'"cli.interrupted"' in output
    _, alive = psutil.wait_procs(below, timeout=5)
    assert not alive


@pytest.mark.parametrize("bench", ["own"], indirect=True)
def test_no_process_outlives_a_killed_bench(bench: subprocess.Popen[bytes]) -> None:
    below = _wait_for_road(bench)
    bench.kill()
    _, alive = psutil.wait_procs(below, timeout=60)
    assert not alive


def test_a_dead_router_ends_the_bench_with_its_log(bench: subprocess.Popen[bytes]) -> None:
    below = _wait_for_road(bench)
    router = next(each for each in below if "router.toml" in " ".join(_command_of(each)))
    router.kill()
    output, _ = bench.communicate(timeout=100)
    assert bench.returncode == 4
    assert b'"bench.process_ended"' in output
    assert b"router ended with status -9" in output
    _, alive = psutil.wait_procs(below, timeout=5)
    assert not alive


def test_a_flood_is_read_no_faster_than_its_quota_and_the_others_arrive(swb: Program) -> None:
    value = swb(
        *("bench", "flood", "--runs", "1", "--seconds", "2", "--rate", "3", "--quota", "2"),
        "--json",
    ).value
    (beyond,) = value["beyond"]
    assert beyond["documents_per_second"] > 0
    assert beyond["offered_per_second"] > beyond["relayed_per_second"]
    assert set(value["ratios"]) == {"documents_per_second", "median_latency", "p99_latency"}
    assert isinstance(value["held"], bool)
