"""Nobody refuses his way to a pass: who only reads, or only writes, is tried by that."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb.cli.conformance_target import answer_line, load_adapter
from swb_conformance.carrying.documents import list_documents
from swb_conformance.carrying.samples import Sample, load_samples
from swb_conformance.engine import RunPlan, run_suite
from swb_conformance.events import Standing
from swb_conformance.protocol import CommandTarget
from swb_conformance.report import Recorder, Report
from swb_conformance.requirements import load_requirements
from swb_conformance.suites import list_cases
from swb_conformance.target import Answer, Verb
from swb_schemas.errors import RefusedError
from tests.conformance.engine.doubles import AT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

KIND: Final = "VerificationReply"
"""Few documents, and simple ones."""
DOCUMENT: Final = list_documents()[KIND][0].octets
UNSUPPORTED: Final = Answer(verdict="refused", code="adapter.unsupported", told={"findings": []})
MALFORMED: Final = Answer(verdict="refused", code="adapter.malformed", told={"findings": []})


class OwnChannel:
    """Our own adapter in this process."""

    name = "own"

    def __init__(self) -> None:
        self._answer = partial(answer_line, load_adapter("thailand"))
        self._runs = False

    def start(self) -> bool:
        started, self._runs = not self._runs, True
        return started

    def exchange(self, line: bytes) -> bytes:
        return self._answer(line)

    def drop(self) -> None:
        self._runs = False


@dataclass
class OneWay:
    """Our own adapter, describing one type, and answering as a test says.

    Attributes:
        told: Members of the description of the type.
        changes: Verbs that are answered otherwise.
    """

    told: Mapping[str, Any]
    changes: Mapping[Verb, Callable[[bytes], Answer]] = field(default_factory=dict)
    name: str = "one way"

    def __post_init__(self) -> None:
        self._own = CommandTarget(OwnChannel())

    def describe(self) -> Mapping[str, Any]:
        described = self._own.describe()
        (kind,) = (one for one in described["messages"] if one["message_type"] == KIND)
        return {**described, "messages": [{**kind, **self.told}]}

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        if verb in self.changes:
            return self.changes[verb](octets)
        answer = self._own.ask(verb, octets, **members)
        if verb is Verb.FROM_CANONICAL and answer.told.get("message_type") not in {None, KIND}:
            return UNSUPPORTED
        return answer

    def close(self) -> None:
        self._own.close()


def try_adapter(target: OneWay, samples: Sequence[Sample] = ()) -> Report:
    plan = RunPlan(profile="adapter", samples=samples)
    recorder = Recorder(suite="1")
    for event in run_suite(target, plan, clock=lambda: AT, timer=time.monotonic):
        recorder.hear(event)
    return recorder.build_report()


def failures(report: Report) -> set[str]:
    return {
        name
        for each in report.cases
        if each.standing is Standing.FAILED
        for name in each.requirements
    }


@pytest.fixture(scope="module")
def sample() -> Sample:
    payload = OneWay({}).ask(Verb.FROM_CANONICAL, DOCUMENT).output
    return Sample(name="one", message_type=KIND, payload=payload, document=DOCUMENT)


REFUSES: Final = {
    Verb.TO_CANONICAL: lambda _: MALFORMED,
    Verb.FROM_CANONICAL: lambda _: UNSUPPORTED,
}


def no_writing(_: bytes) -> Answer:
    return UNSUPPORTED


def no_reading(_: bytes) -> Answer:
    return MALFORMED


@pytest.mark.parametrize(
    "told",
    [
        {"writes": False},
        {"reads": False},
        {"reads": False, "writes": False},
        {"message_type": "CertificateIssue", "agreements": ["XX"]},
        {"message_type": "TransportAck"},
        {},
    ],
    ids=["only reads", "only writes", "neither", "of no agreement", "of no format", "both"],
)
def test_who_refuses_everything_fails(told: Mapping[str, Any]) -> None:
    report = try_adapter(OneWay(told, REFUSES))
    assert not report.passes
    assert report.count(Standing.FAILED)


def test_who_only_writes_is_asked_to_write() -> None:
    good = try_adapter(OneWay({"reads": False}, {Verb.TO_CANONICAL: no_reading}))
    assert good.passes, failures(good)
    assert set(good.left_aside) == {
        *("ADP-010", "ADP-011", "ADP-014", "ADP-031", "ADP-032", "ADP-034")
    }, "it has no items, and nothing is read"
    same = Answer(verdict="accepted", output=b"ok", told={"message_type": KIND, "findings": []})

    def write_alike(octets: bytes) -> Answer:
        return same if b"VerificationReply" in octets[:40] else UNSUPPORTED

    changes = {Verb.TO_CANONICAL: no_reading, Verb.FROM_CANONICAL: write_alike}
    assert failures(try_adapter(OneWay({"reads": False}, changes))) == {"ADP-035"}


def test_who_only_reads_needs_files_of_his_own(sample: Sample) -> None:
    told, changes = {"writes": False}, {Verb.FROM_CANONICAL: no_writing}
    assert failures(try_adapter(OneWay(told, changes))) == {"ADP-011", "ADP-034"}
    good = try_adapter(OneWay(told, changes), [sample])
    assert good.passes, failures(good)
    assert {"ADP-010", "ADP-012", "ADP-013", "ADP-035"} <= set(good.left_aside)
    assert good.started.samples == 1
    refusing = try_adapter(OneWay(told, REFUSES), [sample])
    assert {"ADP-034", "ADP-020", "ADP-022"} <= failures(refusing)
    other = Sample(
        name="other",
        message_type=KIND,
        payload=sample.payload,
        document=list_documents()[KIND][1].octets,
    )
    assert failures(try_adapter(OneWay(told, changes), [sample, other])) == {"ADP-034", "ADP-011"}


def test_a_wrapper_without_a_format_fails_by_a_national_file(sample: Sample) -> None:
    """It passes without: that is what reports and statements say of a run without files."""

    def write(octets: bytes) -> Answer:
        if not re.match(rb"<VerificationReply[ >]", octets):
            return UNSUPPORTED
        payload = hashlib.sha256(octets).hexdigest().encode() + octets
        return Answer(
            verdict="accepted", output=payload, told={"message_type": KIND, "findings": []}
        )

    def read(octets: bytes) -> Answer:
        if hashlib.sha256(octets[64:]).hexdigest().encode() != octets[:64]:
            return MALFORMED
        told = {"message_type": KIND, "findings": []}
        return Answer(verdict="accepted", output=octets[64:], told=told)

    changes = {Verb.FROM_CANONICAL: write, Verb.TO_CANONICAL: read}
    without, given = (try_adapter(OneWay({}, changes), one) for one in ((), (sample,)))
    assert without.passes, failures(without)
    assert "ADP-034" in without.left_aside
    assert failures(given) == {"ADP-034", "ADP-011"}


@pytest.mark.parametrize(
    "told", [{}, {"reads": False}, {"writes": False}], ids=["both", "writes", "reads"]
)
def test_each_requirement_has_a_case_whatever_a_target_says(told: Mapping[str, Any]) -> None:
    known = {each.id for each in load_requirements().values() if each.profile == "adapter"}
    for description in (OneWay(told).describe(), {}):
        cases = list_cases("adapter", description, 0)
        assert {name for each in cases for name in each.requirements} == known


def test_files_are_read_in_pairs(tmp_path: Path, sample: Sample) -> None:
    def code() -> str:
        with pytest.raises(RefusedError) as refusal:
            load_samples(tmp_path)
        return refusal.value.code

    assert code() == "conformance.samples", "there is none"
    (tmp_path / "one.canonical.xml").write_bytes(sample.document)
    assert code() == "conformance.samples", "the national file is missing"
    (tmp_path / "one.xml").write_bytes(sample.payload)
    assert load_samples(tmp_path) == (sample,)
    (tmp_path / "one.json").write_bytes(b"{}")
    assert code() == "conformance.samples", "there are two"
    (tmp_path / "one.json").unlink()
    (tmp_path / "one.canonical.xml").write_bytes(sample.document + b"\n")
    assert code() == "conformance.samples", "it is not canonical"
    (tmp_path / "one.canonical.xml").write_bytes(b"<a/>")
    assert code() == "conformance.samples", "it is no document"
