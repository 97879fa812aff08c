"""Traces of a region's daemons: every step of a conversation, and nothing of a document."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from swb.config import Config, TelemetryConfig
from swb.services.noting import find_note, note, open_note, set_listener
from swb.tracing import ATTRIBUTES, open_tracing
from swb_schemas.errors import UnavailableError
from tests.integration.daemons import lay_out, running
from tests.integration.test_daemon import draw
from tests.integration.test_metrics import run_documents

if TYPE_CHECKING:
    from pathlib import Path


def traced(config: Config, file: Path) -> Config:
    return config.model_copy(update={"telemetry": TelemetryConfig(file=file)})


def read_spans(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


async def test_every_step_of_a_conversation_is_one_trace_at_each_operator(tmp_path: Path) -> None:
    region = await lay_out(tmp_path / "region")
    files = {each: tmp_path / f"{each}.jsonl" for each in ("TH", "VN", "REGION")}
    configs = [
        traced(each, files[each.party.state]) if each.store else each for each in region.configs()
    ]
    async with running(configs) as (nodes, _):
        await run_documents(nodes)

    seen: dict[str, dict[str, set[str]]] = {}
    done: dict[str, dict[str, set[str]]] = {}
    for state, file in files.items():
        spans = read_spans(file)
        assert {key for span in spans for key in span["attributes"]} <= set(ATTRIBUTES)
        by_id = {span["context"]["span_id"]: span for span in spans}
        traces: dict[str, set[str]] = defaultdict(set)
        steps: dict[str, set[str]] = defaultdict(set)
        for span in spans:
            if span["parent_id"] is not None:
                parent = by_id[span["parent_id"]]
                assert span["context"]["trace_id"] == parent["context"]["trace_id"]
                assert span["name"].startswith("store ")
                continue
            conversation = span["attributes"]["swb.conversation_id"]
            traces[conversation].add(span["context"]["trace_id"])
            steps[conversation].add(span["name"])
        assert all(len(each) == 1 for each in traces.values())
        seen[state], done[state] = traces, steps
        text = file.read_text(encoding="utf-8")
        for certificate in draw(4):
            assert certificate.exporter.name not in text
            assert certificate.consignee.name not in text
            assert str(certificate.key) not in text
    at_a_gateway = {"submit", "publish", "judge", "hand over"}
    expected = {"TH": at_a_gateway, "VN": at_a_gateway, "REGION": {"judge", "publish"}}
    issued = {name for name, steps in done["TH"].items() if "submit" in steps}
    assert issued
    for state, steps_of in done.items():
        for conversation, found in steps_of.items():
            # A receipt for several conversations has one of its own.
            is_receipt = conversation not in issued and found <= {"judge", "publish"}
            assert is_receipt or found == expected[state], (state, found)
    for conversation in issued:
        trace = seen["TH"][conversation]
        assert not trace & (seen["VN"][conversation] | seen["REGION"][conversation])


def fail() -> None:
    with open_note("publish"):
        message = "line TH: the server of Somchai is away"
        raise UnavailableError("transport.unreachable", message)


async def test_a_failure_is_told_by_its_code(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    config = TelemetryConfig(file=file)
    async with open_tracing(config, node="TH gateway", state="TH") as tell:
        assert tell is not None
        set_listener(tell)
        with pytest.raises(UnavailableError):
            fail()
        set_listener(None)
    [span] = read_spans(file)
    assert span["attributes"] == {"swb.node": "TH gateway", "swb.code": "transport.unreachable"}
    assert "Somchai" not in file.read_text()


async def test_nothing_is_traced_where_nobody_asks() -> None:
    async with open_tracing(None, node="TH gateway", state="TH") as tell:
        assert tell is None


def test_a_note_within_a_note_is_the_same() -> None:
    note(outcome="nobody listens")
    with open_note("judge") as outer, open_note() as inner:
        note(outcome="new", message_type="TransportAck")
    assert outer is inner
    assert (outer.outcome, outer.message_type) == ("new", "TransportAck")
    assert find_note() is None


async def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    config = TelemetryConfig(file=tmp_path / "missing" / "spans.jsonl")
    with pytest.raises(UnavailableError) as failure:
        async with open_tracing(config, node="TH gateway", state="TH"):
            pass
    assert failure.value.code == "telemetry.unavailable"


@pytest.mark.parametrize(
    "given",
    [{}, {"endpoint": "http://localhost:4318/v1/traces", "file": "x"}],
    ids=["nowhere", "two places"],
)
def test_traces_go_to_one_place(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either endpoint or file"):
        TelemetryConfig.model_validate(given)
