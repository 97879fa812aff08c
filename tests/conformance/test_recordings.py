"""Whoever only plays back what was answered before is found out, by the profiles of vectors too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.protocol import CommandTarget
from swb_conformance.suites import list_cases
from swb_conformance.suites.drawing import list_drawn
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import Status
from tests.conformance.faulty.forking import FaultyChannel, FaultyTargets
from tests.conformance.faulty.target import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RECORDED, PLAYED = 0, 7
"""The seed under which everything was recorded, and that of whoever relies on it."""


class Recorder:
    """Asks a target, and keeps what it answers."""

    name = "recorder"

    def __init__(self, target: CommandTarget) -> None:
        self._target = target
        self.kept: dict[str, Answer] = {}

    def describe(self) -> Mapping[str, Any]:
        return self._target.describe()

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        answer = self._target.ask(verb, octets, **members)
        self.kept[key_of(verb, octets, members)] = answer
        return answer

    def close(self) -> None:
        self._target.close()


class Parrot:
    """Says what was said before; of what it never heard it says what is right most often."""

    name = "parrot"

    def __init__(self, kept: Mapping[str, Answer]) -> None:
        self._kept = kept

    def describe(self) -> Mapping[str, Any]:
        return {}

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        refused = Answer(verdict="refused", code="signature.content_digest", told={"findings": []})
        return self._kept.get(key_of(verb, octets, members), refused)

    def close(self) -> None:
        pass


def key_of(verb: Verb, octets: bytes, members: Mapping[str, object]) -> str:
    return json.dumps([str(verb), octets.hex(), members], sort_keys=True)


@pytest.fixture(scope="module")
def targets() -> Iterator[FaultyTargets]:
    with FaultyTargets() as made:
        yield made


@pytest.mark.parametrize(("profile", "adapter"), [("message", "thailand"), ("rules", "canonical")])
def test_a_recording_does_not_pass_under_another_seed(
    targets: FaultyTargets, profile: str, adapter: str
) -> None:
    recorder = Recorder(CommandTarget(FaultyChannel(targets, adapter, NONE)))
    description = recorder.describe()
    ended = [case.try_on(recorder).status for case in list_cases(profile, description, RECORDED)]
    recorder.close()
    assert Status.FAILED not in ended
    parrot = Parrot(recorder.kept)
    failed = [
        case.name
        for case in list_cases(profile, description, PLAYED)
        if case.try_on(parrot).status is Status.FAILED
    ]
    assert len(failed) >= (12 if profile == "message" else 100)


class Constant:
    """Answers everything alike."""

    name = "constant"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def ask(self, verb: Verb, octets: bytes = b"", /, **members: object) -> Answer:
        del verb, octets, members
        return self._answer

    def describe(self) -> Mapping[str, Any]:
        return {}

    def close(self) -> None:
        pass


def test_each_drawn_message_has_a_verdict_of_its_own_and_a_code() -> None:
    """What is called wrong is refused by the suite's own reading, each kind with one code."""
    accepts = Constant(Answer(verdict="accepted", told={"output": {}}))
    found: dict[str, set[str]] = {}
    for case in list_drawn(RECORDED):
        result = case.try_on(accepts)
        assert result.status is Status.FAILED
        expected = result.reason.partition(", found")[0]
        if not case.negative:
            assert expected.startswith("expected"), result.reason
            assert "refused" not in expected
            continue
        kind = case.name.rpartition("/")[2].rstrip("-0123456789")
        found.setdefault(kind, set()).add(expected.removeprefix("expected refused "))
    assert found == {
        "refuses-a-message-that-has-expired": {"message.expired"},
        "refuses-a-message-for-somebody-else": {"message.misaddressed"},
        "refuses-a-message-sealed-by-customs": {"certificate.unlisted"},
        "refuses-a-message-whose-header-names-another-document": {"seal.disagrees"},
        "refuses-a-message-about-another-document": {"layers.disagree"},
        "refuses-a-message-signed-by-the-other-gateway": {"certificate.unlisted"},
        "refuses-a-message-of-too-many-items": {"document.too_many_items"},
        "refuses-a-message-that-is-too-large": {"document.too_large"},
    }
