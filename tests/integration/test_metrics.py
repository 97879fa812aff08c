"""Metrics over real HTTP on loopback: what is documented, of bounded labels, and true."""

from __future__ import annotations

import asyncio
import re
import urllib.request
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from swb.config import HealthConfig
from swb.core.lifecycle import Fact
from swb.metrics import METRICS, Kind, Meter
from swb.metrics.meter import Measure
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.error_codes import load_error_codes
from tests.integration.daemons import lay_out, running
from tests.integration.test_daemon import draw, facts_of
from tests.integration.world import until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from swb.app import Node

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|sha-256|[0-9a-f]{32}")


async def scrape(port: int) -> str:
    def ask() -> str:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            return str(answer.read(), "utf-8")

    return await asyncio.to_thread(ask)


def samples(text: str, name: str) -> dict[tuple[str, ...], float]:
    """Values of one metric by its labels' values, in the order of the table, without the node."""
    (metric,) = (each for each in METRICS if each.name == name)
    labels = [each for each in metric.labels if each != "node"]
    return {
        tuple(sample.labels[each] for each in labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in {name, f"{name}_count"}
    }


async def scrape_at_rest(port: int) -> str:
    """Scrape when nothing is between a line and a store: answers come when all is received, too."""
    text = ""

    async def rests() -> bool:
        nonlocal text
        text = await scrape(port)
        return set(samples(text, "swb_in_flight_messages").values()) == {0}

    await until(rests, within=30)
    return text


async def run_documents(nodes: Sequence[Node]) -> None:
    """Send two certificates from TH to VN, and wait until both are answered."""
    certificates = [each for each in draw(4) if each.issuing_country == "TH"]
    (authority,) = (each.authority for each in nodes if each.authority and each.state == "TH")
    (store,) = (each.store for each in nodes if each.submitting and each.state == "TH")
    assert store is not None
    await asyncio.to_thread(authority.file, certificates)

    async def arrived() -> bool:
        told = [await facts_of(store, each) for each in certificates]
        return all({Fact.AS3, Fact.RES_REC} <= facts for facts in told)

    await until(arrived, within=30)


async def test_what_a_region_measures_is_in_the_table_and_true(tmp_path: Path) -> None:
    region = await lay_out(tmp_path / "region")
    router, *others = region.configs()
    router = router.model_copy(update={"health": HealthConfig(port=0)})
    async with running([router, *others]) as (nodes, _):
        (port,) = (each.ports["health"] for each in nodes if "health" in each.ports)
        await run_documents(nodes)
        text = await scrape_at_rest(port)

    known = {each.name: each for each in METRICS}
    for family in text_string_to_metric_families(text):
        if family.name.startswith("process_"):
            continue
        name = family.name if family.name in known else f"{family.name}_total"
        assert name in known, family.name
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(known[name].labels), sample
            if "type" in sample.labels:
                assert sample.labels["type"] in {*CATALOGUE, "unknown"}
            if "code" in sample.labels:
                assert sample.labels["code"] in {*load_error_codes(), "other"}
    assert ID.search(text) is None
    passed = samples(text, "swb_messages_total")
    assert passed["TH", "out", "CertificateIssue", "confirmed"] >= 1
    assert passed["VN", "in", "CertificateIssue", "new"] >= 1
    assert not [labels for labels in passed if labels[3] in {"faulted", "refused", "conflict"}]
    octets = samples(text, "swb_message_octets_total")
    assert octets["VN", "in", "CertificateIssue", "new"] > 1000
    assert samples(text, "swb_judging_seconds")["VN",] > 0
    took = samples(text, "swb_store_seconds")
    assert took["accept",] + took["accept_together",] > 0
    assert set(samples(text, "swb_check_ok").values()) == {1}
    assert samples(text, "swb_in_flight_messages").keys() >= {
        (line, way) for line in ("TH", "VN") for way in ("in", "out")
    }
    assert set(samples(text, "swb_ready").values()) == {1}
    assert samples(text, "swb_payloads_total")["accepted",] >= 1
    expires = samples(text, "swb_expires_seconds")
    assert expires["certificate", "TH", "urn:swb:party:TH:gateway transport"] > 86400
    assert expires["list", "VN", ""] > 86400


def test_every_metric_of_the_table_can_be_measured() -> None:
    meter = Meter()
    asked = []
    for each in METRICS:
        labels = ["x"] * len(each.labels)
        match each.kind:
            case Kind.COUNTER:
                meter.counter(each.name, *labels).inc()
            case Kind.HISTOGRAM:
                meter.histogram(each.name, *labels).observe(1)
            case Kind.GAUGE if "node" in each.labels:
                asked.append(("x", Measure(each.name, 1, _but_node(each.labels))))
            case Kind.GAUGE:
                meter.gauge(each.name, *labels).set(1)
    text = meter.show(asked).decode()
    for each in METRICS:
        assert re.search(rf"^{each.name}(_count)?[ {{]", text, re.MULTILINE), each.name


def test_what_is_not_told_any_more_is_gone() -> None:
    """An outbox that was emptied has no oldest message."""
    meter = Meter()
    labels = {"kind": "outbound", "destination": "VN"}
    waiting = Measure("swb_oldest_waiting_seconds", 7, labels)
    assert b'destination="VN"' in meter.show([("TH gateway", waiting)])
    assert b'destination="VN"' not in meter.show([])


@pytest.mark.parametrize("code", ["store.unavailable", "transport.full"])
def test_a_code_that_is_documented_is_a_label(code: str) -> None:
    from swb.metrics.meter import known_code  # noqa: PLC0415 - by name

    assert known_code(code) == code
    assert known_code("Somchai exported 7 kg") == "other"


def _but_node(labels: Sequence[str]) -> Mapping[str, str]:
    return {each: "x" for each in labels if each != "node"}
