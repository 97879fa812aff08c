"""A failure of the profile ``adapter`` says what was done to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.carrying import trials
from swb_conformance.carrying.asking import UnmetError
from swb_conformance.carrying.documents import list_carried
from swb_conformance.carrying.hostile import DAMAGES, LARGEST, list_hostile
from swb_conformance.suites import list_cases
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

CARRIED = list_carried(
    {"messages": [{"message_type": "CertificateIssue", "agreements": ["ATIGA"]}]}
)


class Echo:
    """Takes canonical octets for its format, and refuses nothing."""

    name = "echo"

    def describe(self) -> Mapping[str, Any]:
        return {}

    def ask(self, verb: Verb, octets: bytes = b"", /, **_: object) -> Answer:
        told = {"message_type": "CertificateIssue", "findings": []}
        output = CARRIED[0].documents[0].octets if verb is Verb.TO_CANONICAL else octets
        return Answer(verdict="accepted", output=output, told=told)

    def close(self) -> None:
        return


def test_what_was_put_to_the_target_is_told_with_its_size_and_beginning() -> None:
    with pytest.raises(UnmetError) as unmet:
        trials.refuses(Echo(), list_hostile()["deep-xml"]())
    assert str(unmet.value) == (
        "expected a refusal, found accepted; put to it were 70,000 octets, '<a><a><a><a><a>"
        "<a><a><a><a><a><a'..."
    )


def test_a_damage_is_told_with_the_limit_that_it_is_about() -> None:
    document = CARRIED[0].documents[0].octets
    damage = DAMAGES["filled-up-beyond-the-largest"]
    with pytest.raises(UnmetError) as unmet:
        trials.refuses_damaged(Echo(), CARRIED[0], document, damage)
    for words in (
        f"a good payload of {len(document):,} octets was filled up with spaces",
        f"{LARGEST + 1:,} octets",
        f"at most {LARGEST:,}",
        "adapter.too_large",
    ):
        assert words in str(unmet.value)


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([{"message_type": "CustomsReceipt"}], "does not name CertificateIssue"),
        (
            [{"message_type": "CertificateIssue", "writes": False}],
            "says writes: false of CertificateIssue",
        ),
    ],
)
def test_a_type_that_must_not_be_written_is_told_with_the_reason(
    messages: list[dict[str, Any]], why: str
) -> None:
    name = "adapter/refuses/CertificateIssue/a-type-not-carried"
    (one,) = (
        each for each in list_cases("adapter", {"messages": messages}, 0) if each.name == name
    )
    found = one.try_on(Echo())
    assert found.status is Status.FAILED
    assert found.reason == (
        "expected a refusal, found accepted; expected was adapter.unsupported for a "
        f"CertificateIssue: the description {why}"
    )
