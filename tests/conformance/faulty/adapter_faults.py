"""Faults of a target that reads and writes national payloads."""

from __future__ import annotations

import base64
import json
import os
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tests.conformance.faulty.fault import Answering, Fault, answering_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FAULTS"]

_READING: Final = "to-canonical"
_WRITING: Final = "from-canonical"
_CERTIFICATES: Final = "adapter/carries/CertificateIssue/accepts-*a*n*"
_CARRIED: Final = "adapter/carries/*/accepts-*"


def _reading(pattern: str, by: str | Callable[[re.Match[bytes]], bytes]) -> Callable[..., Any]:
    """Read something else than what stands there: replace what fits a pattern."""
    new = by.encode() if isinstance(by, str) else by
    compiled = re.compile(pattern.encode(), re.DOTALL)

    def change(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        del request
        if said["verdict"] == "accepted":
            document = compiled.sub(new, base64.b64decode(said["output"]))
            said["output"] = base64.b64encode(document).decode()
        return said

    return answering_with(change, _READING)


def _telling(change: Callable[[dict[str, Any]], object], *verbs: str) -> Callable[..., Any]:
    """Say something else beside what is accepted."""

    def tell(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        del request
        if said["verdict"] == "accepted":
            change(said)
        return said

    return answering_with(tell, *verbs)


def _refusing(code: str, *codes: str) -> Callable[..., Any]:
    """Refuse under another code, all or what is refused under certain ones."""

    def refuse(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        del request
        if said["verdict"] == "refused" and (not codes or said["code"] in codes):
            said["code"] = code
        return said

    return answering_with(refuse, _READING, _WRITING)


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
        if said["verdict"] == "accepted" and json.loads(line)["verb"] == _WRITING:
            _append(said, b"\n" * (asked % 7))
        return json.dumps(said).encode() + b"\n"

    return count


def _remember_refusals(answer: Answering) -> Answering:
    """What was refused before changes what is written afterwards."""
    refused = False

    def remember(line: bytes) -> bytes:
        nonlocal refused
        said = json.loads(answer(line))
        if said["verdict"] == "accepted" and json.loads(line)["verb"] == _WRITING and refused:
            _append(said, b"\n")
        refused = refused or said["verdict"] == "refused"
        return json.dumps(said).encode() + b"\n"

    return remember


def _accept_all(answer: Answering) -> Answering:
    """What cannot be read is answered with what was read last."""
    last: dict[str, Any] = {}

    def accept(line: bytes) -> bytes:
        request, said = json.loads(line), json.loads(answer(line))
        if request["verb"] == _READING:
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


def _lose(said: dict[str, Any], path: str) -> None:
    loss = {"code": "adapter.loss", "path": path, "message": "no place", "severity": "loss"}
    said["findings"] = [*(said.get("findings") or []), loss]


def _swap(found: re.Match[bytes]) -> bytes:
    return found[1] + found[4] + found[3] + found[2] + found[5]


def _fault(
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
    _fault(
        "drops",
        "drops marks and numbers in silence",
        "010",
        _reading("<MarksAndNumbers>.*?</MarksAndNumbers>", ""),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "drops-an-item",
        "reads the first item only",
        "010 014",
        _reading(r"(</Item>)<Item>.*</Item>", r"\1"),
        "adapter/carries/*50*",
        "adapter/carries/CertificateIssue/accepts-criteria*",
        is_broad=True,
    ),
    _fault(
        "rounds",
        "rounds measures",
        "010",
        _reading(r'(<(?:Quantity|GrossMeasure) unit="[A-Z0-9]+">\d+)\.\d+', r"\1"),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "rounds-money",
        "knows no hundredths of a currency",
        "010",
        _reading(r'(<FobAmount currency="[A-Z]+">\d+)\.\d+', r"\1"),
        "adapter/carries/DeclarationExtract/*",
        is_broad=True,
    ),
    _fault(
        "cuts",
        "cuts names after twelve characters",
        "010",
        _reading(r"(<Name>[^<]{11}[^< ])[^<]+", r"\1"),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "ascii",
        "writes a question mark for letters beyond ASCII",
        "010",
        _reading(r"[\x80-\xff]+", "?"),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "swaps",
        "takes exporter and consignee for each other",
        "010",
        _reading(
            r"(<Exporter>.*?<Name>)([^<]*)(<.*?<Consignee>.*?<Name>)([^<]*)(<)",
            _swap,
        ),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "loses-a-tick",
        "loses the mark of a third-country invoice",
        "010",
        _reading("<ThirdCountryInvoicing>.*?</ThirdCountryInvoicing>", ""),
        "adapter/carries/CertificateIssue/*third*",
    ),
    _fault(
        "local-time",
        "writes the time of its own place as UTC",
        "010",
        _reading(r"T02:00:00Z", "T09:00:00Z"),
        "adapter/carries/CustomsReceipt/*",
        is_broad=True,
    ),
    _fault(
        "dates",
        "reads day and month the other way round",
        "010",
        _reading(r"(\d{4})-(0[1-9]|1[012])-(0[1-9]|1[012])<", r"\1-\3-\2<"),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "spells-otherwise",
        "puts white space between elements",
        "011",
        _reading("><", ">\n<"),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "names-another-type",
        "names another message type",
        "011",
        _telling(lambda said: said.update(message_type="RelayReceipt"), _READING),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "claims-losses",
        "declares what the document does not have as lost",
        "012",
        _telling(partial(_lose, path="CertificateOfOrigin/Remarks/Colour"), _WRITING),
        _CERTIFICATES,
        is_broad=True,
    ),
    _fault(
        "writes-little",
        "refuses to write what its description says that it writes",
        "013",
        answering_with(_write_less, _WRITING),
        is_broad=True,
    ),
    _fault(
        "counts",
        "writes the same document in another way each time",
        "020",
        _count_answers,
        "adapter/repeats/*",
        is_broad=True,
    ),
    _fault(
        "remembers",
        "writes otherwise after a refusal",
        "021",
        _remember_refusals,
        is_broad=True,
    ),
    _fault(
        "process",
        "writes otherwise in each process",
        "022",
        _telling(lambda said: _append(said, b"\n" * (os.getpid() % 64)), _WRITING),
        "adapter/repeats/after-a-new-start",
        is_broad=True,
    ),
    _fault(
        "unknown-member",
        "fails at a member that it does not know",
        "002",
        answering_with(_mind_unknown_members, _READING, _WRITING),
    ),
    _fault(
        "describes-otherwise",
        "describes itself otherwise in each process",
        "001 022",
        _telling(lambda said: said["output"].update(version=f"1.0.{os.getpid()}"), "describe"),
        "adapter/repeats/after-a-new-start",
        "adapter/describes/*",
        is_broad=True,
    ),
    _fault(
        "reads-anything",
        "answers what it cannot read with what it read last",
        "031",
        _accept_all,
        "adapter/refuses/CertificateIssue/cut-*",
        "adapter/refuses/CustomsReceipt/cut-*",
        is_broad=True,
    ),
    _fault(
        "codes-of-its-own",
        "refuses under codes of its own",
        "030 031 032",
        _refusing("format.broken"),
        "adapter/refuses/*",
        is_broad=True,
    ),
    _fault(
        "unsupported",
        "takes what it does not carry for a wrong value",
        "033",
        _refusing("adapter.value", "adapter.unsupported"),
    ),
)
