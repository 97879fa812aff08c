"""Faults of a target that carries documents: what it reads is not what was written."""

from __future__ import annotations

import base64
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from tests.conformance.faulty.adapter_faults import READING, WRITING, adapter_fault, telling
from tests.conformance.faulty.fault import answering_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FAULTS"]

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

    return answering_with(change, READING)


def _lose(said: dict[str, Any], path: str) -> None:
    loss = {"code": "adapter.loss", "path": path, "message": "no place", "severity": "loss"}
    said["findings"] = [*(said.get("findings") or []), loss]


def _swap(found: re.Match[bytes]) -> bytes:
    return found[1] + found[4] + found[3] + found[2] + found[5]


FAULTS: Final = (
    adapter_fault(
        "drops",
        "drops marks and numbers in silence",
        "010",
        _reading("<MarksAndNumbers>.*?</MarksAndNumbers>", ""),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
        "drops-an-item",
        "reads the first item only",
        "010 014",
        _reading(r"(</Item>)<Item>.*</Item>", r"\1"),
        "adapter/carries/*50*",
        "adapter/carries/CertificateIssue/accepts-criteria*",
        is_broad=True,
    ),
    adapter_fault(
        "rounds",
        "rounds measures",
        "010",
        _reading(r'(<(?:Quantity|GrossMeasure) unit="[A-Z0-9]+">\d+)\.\d+', r"\1"),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
        "rounds-money",
        "knows no hundredths of a currency",
        "010",
        _reading(r'(<FobAmount currency="[A-Z]+">\d+)\.\d+', r"\1"),
        "adapter/carries/DeclarationExtract/*",
        is_broad=True,
    ),
    adapter_fault(
        "cuts",
        "cuts names after twelve characters",
        "010",
        _reading(r"(<Name>[^<]{11}[^< ])[^<]+", r"\1"),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
        "ascii",
        "writes a question mark for letters beyond ASCII",
        "010",
        _reading(r"[\x80-\xff]+", "?"),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
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
    adapter_fault(
        "loses-a-tick",
        "loses the mark of a third-country invoice",
        "010 020",
        _reading("<ThirdCountryInvoicing>.*?</ThirdCountryInvoicing>", ""),
        "adapter/carries/CertificateIssue/*third*",
        "adapter/repeats/CertificateIssue/*third*",
    ),
    adapter_fault(
        "local-time",
        "writes the time of its own place as UTC",
        "010",
        _reading(r"T02:00:00Z", "T09:00:00Z"),
        "adapter/carries/CustomsReceipt/*",
        is_broad=True,
    ),
    adapter_fault(
        "dates",
        "reads day and month the other way round",
        "010",
        _reading(r"(\d{4})-(0[1-9]|1[012])-(0[1-9]|1[012])<", r"\1-\3-\2<"),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
        "spells-otherwise",
        "puts white space between elements",
        "011",
        _reading("><", ">\n<"),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
        "names-another-type",
        "names another message type",
        "011",
        telling(lambda said: said.update(message_type="RelayReceipt"), READING),
        _CERTIFICATES,
        is_broad=True,
    ),
    adapter_fault(
        "claims-losses",
        "declares what the document does not have as lost",
        "012",
        telling(partial(_lose, path="CertificateOfOrigin/Remarks/Colour"), WRITING),
        _CERTIFICATES,
        is_broad=True,
    ),
)
