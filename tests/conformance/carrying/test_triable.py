"""Who describes itself so that hardly anything is asked, and refuses the rest, does not pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from swb_conformance.suites import list_cases
from swb_conformance.target import Answer, Verb
from swb_conformance.testing import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES: dict[str, list[dict[str, Any]]] = {
    "reads only": [{"message_type": "CertificateIssue", "reads": True, "writes": False}],
    "writes only": [{"message_type": "CertificateIssue", "reads": False, "writes": True}],
    "does neither": [{"message_type": "CertificateIssue", "reads": False, "writes": False}],
    "has an agreement of its own": [{"message_type": "CertificateIssue", "agreements": ["XX"]}],
    "carries one type and none of another": [
        {"message_type": "CustomsReceipt"},
        {"message_type": "CertificateIssue", "reads": False, "writes": False},
    ],
}


class Refuser:
    """Refuses everything, and properly."""

    name = "refuser"

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self._messages = messages

    def describe(self) -> Mapping[str, Any]:
        return {"protocol": 1, "api": 1, "messages": self._messages}

    def ask(self, verb: Verb, octets: bytes = b"", /, **_: object) -> Answer:
        del octets
        code = "adapter.malformed" if verb is Verb.TO_CANONICAL else "adapter.unsupported"
        return Answer(verdict="refused", code=code, told={"findings": [], "message": "no"})

    def close(self) -> None:
        pass


@pytest.mark.parametrize("name", TYPES)
def test_whoever_refuses_its_way_does_not_pass(name: str) -> None:
    target = Refuser(TYPES[name])
    cases = list(list_cases("adapter", target.describe(), 0))
    failed = {
        requirement
        for case in cases
        if case.try_on(target).status is Status.FAILED
        for requirement in case.requirements
    }
    assert "ADP-003" in failed


def test_a_type_that_is_written_only_is_tried_by_what_it_writes() -> None:
    messages = [{"message_type": "CustomsReceipt", "reads": False}]
    names = [case.name for case in list_cases("adapter", {"messages": messages}, 0)]
    assert "adapter/carries/CustomsReceipt/most-of-them" in names
    assert any(name.startswith("adapter/repeats/CustomsReceipt/") for name in names)
