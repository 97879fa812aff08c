"""Faults of a target whose adapter is not pure, not strict, or not as it describes itself."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any, Final

from tests.conformance.faulty.fault import Answering, Fault, answering_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FAULTS", "READING", "WRITING", "adapter_fault", "telling"]

READING: Final = "to-canonical"
WRITING: Final = "from-canonical"


def _write_less(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    del request
    if said["verdict"] == "accepted":
        said = {**said, "verdict": "refused", "code": "adapter.value", "message": "too hard"}
        said.pop("output")
        said["findings"] = []
    return said


def _append(said: dict[str, Any], text: bytes) -> None:
    said["output"] = base64.b64encode(base64.b64decode(said["output"]) + text).decode()


def _count_answers(answer: Answering) -> Answering:
    """A payload ends with as many line feeds as there were questions before."""
    asked = 0

    def count(line: bytes) -> bytes:
        nonlocal asked
        asked += 1
        said = json.loads(answer(line))
        if said["verdict"] == "accepted" and json.loads(line)["verb"] == WRITING:
            _append(said, b"\n" * (asked % 7))
        return json.dumps(said).encode() + b"\n"

    return count


def _remember_refusals(answer: Answering) -> Answering:
    """What was refused before changes what is written afterwards."""
    refused = False

    def remember(line: bytes) -> bytes:
        nonlocal refused
        said = json.loads(answer(line))
        if said["verdict"] == "accepted" and json.loads(line)["verb"] == WRITING and refused:
            _append(said, b"\n")
        refused = refused or said["verdict"] == "refused"
        return json.dumps(said).encode() + b"\n"

    return remember


def _accept_all(answer: Answering) -> Answering:
    """What cannot be read is answered with what was read last."""
    last: dict[str, Any] = {}

    def accept(line: bytes) -> bytes:
        request, said = json.loads(line), json.loads(answer(line))
        if request["verb"] == READING:
            if said["verdict"] == "accepted":
                last.update(said)
            elif last:
                said = {**last, "id": said["id"]}
        return json.dumps(said).encode() + b"\n"

    return accept


def _mind_unknown_members(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    if set(request) <= {"id", "verb", "input"}:
        return said
    return {"id": said["id"], "verdict": "failed", "code": "command.malformed"}


def _refusing(code: str, *codes: str) -> Callable[..., Any]:
    """Refuse under another code, all or what is refused under certain ones."""

    def refuse(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        del request
        if said["verdict"] == "refused" and (not codes or said["code"] in codes):
            said["code"] = code
        return said

    return answering_with(refuse, READING, WRITING)


def telling(change: Callable[[dict[str, Any]], object], *verbs: str) -> Callable[..., Any]:
    """Say something else beside what is accepted."""

    def tell(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        del request
        if said["verdict"] == "accepted":
            change(said)
        return said

    return answering_with(tell, *verbs)


def adapter_fault(
    name: str,
    text: str,
    requirements: str,
    switch_on: Callable[[Answering], Answering],
    *quick: str,
    is_broad: bool = False,
) -> Fault:
    return Fault(
        name=name,
        text=text,
        profile="adapter",
        requirements=tuple(f"ADP-{each}" for each in requirements.split()),
        switch_on=switch_on,
        quick=quick,
        is_broad=is_broad,
    )


FAULTS: Final = (
    adapter_fault(
        "writes-little",
        "refuses to write what its description says that it writes",
        "013",
        answering_with(_write_less, WRITING),
        is_broad=True,
    ),
    adapter_fault(
        "counts",
        "writes the same document in another way each time",
        "020",
        _count_answers,
        "adapter/repeats/CustomsReceipt/*",
        is_broad=True,
    ),
    adapter_fault(
        "remembers",
        "writes otherwise after a refusal",
        "021",
        _remember_refusals,
        is_broad=True,
    ),
    adapter_fault(
        "process",
        "writes otherwise in each process",
        "022",
        telling(lambda said: _append(said, b"\n" * (os.getpid() % 64)), WRITING),
        "adapter/repeats/after-a-new-start",
        is_broad=True,
    ),
    adapter_fault(
        "unknown-member",
        "fails at a member that it does not know",
        "002",
        answering_with(_mind_unknown_members, READING, WRITING),
    ),
    adapter_fault(
        "describes-otherwise",
        "describes itself otherwise in each process",
        "001 022",
        telling(lambda said: said["output"].update(version=f"1.0.{os.getpid()}"), "describe"),
        "adapter/repeats/after-a-new-start",
        "adapter/describes/*",
        is_broad=True,
    ),
    adapter_fault(
        "reads-anything",
        "answers what it cannot read with what it read last",
        "031",
        _accept_all,
        "adapter/refuses/CertificateIssue/cut-*",
        "adapter/refuses/CustomsReceipt/cut-*",
        is_broad=True,
    ),
    adapter_fault(
        "codes-of-its-own",
        "refuses under codes of its own",
        "030 031 032",
        _refusing("format.broken"),
        "adapter/refuses/a-*",
        "adapter/refuses/CustomsReceipt/*",
        is_broad=True,
    ),
    adapter_fault(
        "unsupported",
        "takes what it does not carry for a wrong value",
        "033",
        _refusing("adapter.value", "adapter.unsupported"),
    ),
)
