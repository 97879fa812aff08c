"""What ``swb verify`` found out, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb_schemas.wire.evidence import LayerRecord
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from swb_schemas.errors import SwbError
    from swb_schemas.findings import Finding
    from swb_schemas.wire.evidence import Step
    from swb_schemas.wire.message import MessageHeader
    from swb_schemas.wire.seal_header import SealHeader
    from swb_schemas.wire.trust import ListedCertificate

__all__ = ["Inquiry", "report_verdict"]

_MESSAGE_FIELDS: Final = (
    "message_id",
    "message_type",
    "sender",
    "receiver",
    "environment",
    "conversation_id",
    "document_id",
)
_SEAL_FIELDS: Final = (
    "document_id",
    "message_type",
    "issuing_party",
    "receiving_party",
    "environment",
    "conversation_id",
    "certificate_key",
)


@dataclass(slots=True)
class Inquiry:
    """What is known so far about one file; a refusal leaves it where it came to.

    Attributes:
        kind: Which procedure is followed, ``message`` or ``sealed document``.
        outer: The message's layer.
        inner: The sealed document's layer.
        opened: Whether the sealed document was seen and verified.
        findings: What somebody should look at.
    """

    kind: str
    outer: LayerRecord[MessageHeader] = field(default_factory=LayerRecord)
    inner: LayerRecord[SealHeader] = field(default_factory=LayerRecord)
    opened: bool = False
    findings: list[Finding] = field(default_factory=list)


def report_verdict(inquiry: Inquiry, at: datetime, error: SwbError | None) -> Answer:
    """Say what became of the file.

    Args:
        inquiry: As far as it came.
        at: The judging moment.
        error: Why the file was not accepted.
    """
    verdict = "accepted" if error is None else error.family
    layers = [
        layer
        for layer in (
            _Layer.of("message", inquiry.outer, _read_message_header(inquiry.outer.header)),
            _Layer.of("sealed document", inquiry.inner, _read_seal_header(inquiry.inner.header)),
        )
        if layer.steps
    ]
    headline = f"{verdict}: {inquiry.kind}, judged as of {format_instant(at)}"
    if error is None and not inquiry.opened:
        headline += "; the body is for somebody else and was not opened"
    findings = (*inquiry.findings, *(error.findings if error else ()))
    return Answer(
        value={
            "verdict": verdict,
            "code": error.code if error else None,
            "kind": inquiry.kind,
            "at": format_instant(at),
            "opened": inquiry.opened,
            "layers": [layer.describe() for layer in layers],
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join([headline, *(line for layer in layers for line in layer.spell())]),
        findings=inquiry.findings,
        failure=explain_failure(error) if error else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """One layer. Header, digest and signer are empty unless the signature is the signer's."""

    name: str
    header: dict[str, str]
    digest: str | None
    signer: dict[str, str]
    steps: tuple[Step, ...]

    @classmethod
    def of(
        cls,
        name: str,
        record: LayerRecord[MessageHeader] | LayerRecord[SealHeader],
        header: dict[str, str],
    ) -> _Layer:
        return cls(
            name=name,
            header=header,
            digest=record.digest.text if record.digest else None,
            signer=_read_signer(record.signer) if record.signer else {},
            steps=tuple(record.steps),
        )

    def describe(self) -> dict[str, object]:
        return {
            "layer": self.name,
            "header": self.header or None,
            "digest": self.digest,
            "signer": self.signer or None,
            "steps": [
                {"number": step.number, "name": step.name, "result": step.result}
                for step in self.steps
            ],
        }

    def spell(self) -> Iterator[str]:
        yield ""
        yield self.name
        yield from _spell_values(self.header)
        if self.digest:
            yield from _spell_values({"digest": self.digest})
        if self.signer:
            yield "  signed by"
            yield from _spell_values(self.signer)
        if self.steps:
            yield "  steps"
        for step in self.steps:
            yield f"    {step.number:4} {step.name:28} {step.result}"


def _spell_values(values: dict[str, str]) -> Iterator[str]:
    for name, value in values.items():
        yield f"    {name.replace('_', ' '):16} {value}"


def _read_message_header(header: MessageHeader | None) -> dict[str, str]:
    if header is None:
        return {}
    return {
        **{name: str(getattr(header, name)) for name in _MESSAGE_FIELDS},
        "created_at": format_instant(header.created_at),
        "expires_at": format_instant(header.expires_at),
    }


def _read_seal_header(header: SealHeader | None) -> dict[str, str]:
    if header is None:
        return {}
    values = {name: getattr(header, name) for name in _SEAL_FIELDS}
    return {
        **{name: str(value) for name, value in values.items() if value is not None},
        "sealed_at": format_instant(header.sealed_at),
    }


def _read_signer(signer: ListedCertificate) -> dict[str, str]:
    return {
        "party": signer.party,
        "purpose": str(signer.purpose),
        "subject": signer.certificate.subject,
        "certificate": signer.certificate.thumbprint,
        "issuer": signer.issuer.subject if signer.issuer else "",
    }
