"""Cancellation and verification, both ways: one table of elements for each of five documents.

A table says all there is: the element's name and form in the payload, in order, and what it is in
the canonical document. A certificate is spelled as in what customs answers, a reason as there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    Losses,
    PathMap,
    PayloadWriter,
    Reading,
    Rendering,
    attempt,
    build_document,
    format_iso_instant,
    parse_iso_instant,
    parse_whole_number,
    read_children,
)
from swb_adapters.thailand.codes import OFFSET
from swb_adapters.thailand.control import write_control
from swb_adapters.thailand.customs_reading import read_reason, read_subject
from swb_adapters.thailand.customs_writing import write_reason, write_subject
from swb_adapters.thailand.envelope import NAMESPACE, Kind, wrap_body
from swb_adapters.thailand.parts import read_lines, read_text, write_lines
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.verification import (
    Doubt,
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml import etree

    from swb_schemas.documents import AboutCertificate
    from swb_schemas.documents.customs import Reason

__all__ = ["MOVES", "read_move", "write_move"]


class Form(StrEnum):
    """How an element is written."""

    LINE = "line"
    LINES = "lines"
    COUNT = "whole number"
    MOMENT = "moment"
    CHOICE = "code"
    CERTIFICATE = "certificate"
    REASON = "reason"
    REASONS = "reasons"
    DOUBTS = "doubts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One element.

    Attributes:
        national: Its name in the payload.
        canonical: Its name in the canonical document.
        attribute: Its name in the model.
        form: How it is written.
        codes: With `Form.CHOICE`: national code to canonical value.
    """

    national: str
    canonical: str
    attribute: str
    form: Form = Form.LINE
    codes: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFormat:
    """One document type in this format."""

    model: type[AboutCertificate]
    kind: Kind
    fields: tuple[Field, ...]


_BELOW: Final[Mapping[Form, Mapping[str, str]]] = {
    Form.CERTIFICATE: {
        "ReferenceNumber": "CertificateNumber",
        "IssuingCountry": "IssuingCountry",
        "IssuingOffice": "IssuingOffice",
    },
    Form.REASON: {"Code": "Code", "Text": "Text"},
    Form.REASONS: {"Code": "Code", "Text": "Text"},
    Form.DOUBTS: {"SequenceNumber": "Sequence", "Code": "Code", "Text": "Text"},
}
"""What forms of several elements have: canonical name to national name."""
_REPEATED: Final = frozenset({Form.REASONS, Form.DOUBTS})


def _format(model: type[AboutCertificate], *fields: Field, element: str, action: str) -> MoveFormat:
    root, body = model.__name__, f"Envelope/Body/{element}"
    pairs = []
    for each in fields:
        every = "[*]" if each.form in _REPEATED else ""
        ours, theirs = f"{root}/{each.canonical}{every}", f"{body}/{each.national}{every}"
        below = _BELOW.get(each.form, {}).items()
        pairs += [(f"{ours}/{one}", f"{theirs}/{other}") for one, other in below]
        pairs.append((ours, theirs))
    pairs.append((root, body))
    kind = Kind(element=element, action=action, paths=PathMap(pairs))
    return MoveFormat(model=model, kind=kind, fields=fields)


def _choose(name: str, attribute: str, **codes: object) -> Field:
    return Field(national=name, canonical=name, attribute=attribute, form=Form.CHOICE, codes=codes)


_SUBJECT: Final = Field(
    national="Certificate", canonical="Subject", attribute="subject", form=Form.CERTIFICATE
)
_OFFICER: Final = Field(national="Officer", canonical="OfficerName", attribute="officer_name")
_AUTHORITY: Final = Field(national="Authority", canonical="Office", attribute="office")
_CUSTOMS: Final = Field(national="CustomsOffice", canonical="Office", attribute="office")
_REASON: Final = Field(national="Reason", canonical="Reason", attribute="reason", form=Form.REASON)
_CANCELLATION: Final = Field(
    national="CancellationNumber",
    canonical="CancellationNumber",
    attribute="cancellation_number",
    form=Form.COUNT,
)
_REQUEST: Final = Field(
    national="RequestNumber",
    canonical="RequestNumber",
    attribute="request_number",
    form=Form.COUNT,
)


def _moment(name: str, attribute: str) -> Field:
    return Field(national=name, canonical=name, attribute=attribute, form=Form.MOMENT)


MOVES: Final = (
    _format(
        Cancellation,
        _SUBJECT,
        _CANCELLATION,
        _moment("RequestedAt", "requested_at"),
        _AUTHORITY,
        _OFFICER,
        _REASON,
        Field(
            national="ReplacedBy",
            canonical="Replacement",
            attribute="replacement",
            form=Form.CERTIFICATE,
        ),
        element="CertificateCancellation",
        action="Cancel",
    ),
    _format(
        DeclarationWithdrawal,
        _SUBJECT,
        _CANCELLATION,
        _moment("RequestedAt", "requested_at"),
        _CUSTOMS,
        _OFFICER,
        _REASON,
        element="DeclarationWithdrawal",
        action="Withdraw",
    ),
    _format(
        CancellationReply,
        _SUBJECT,
        _CANCELLATION,
        _choose(
            "Outcome",
            "outcome",
            C=CancellationOutcome.ACCEPTED,
            U=CancellationOutcome.UTILISED,
            X=CancellationOutcome.UNKNOWN,
        ),
        _moment("RepliedAt", "replied_at"),
        _CUSTOMS,
        _OFFICER,
        Field(
            national="ImportDeclarationNumber",
            canonical="DeclarationNumber",
            attribute="declaration_number",
        ),
        _REASON,
        element="CancellationAnswer",
        action="AnswerCancellation",
    ),
    _format(
        VerificationRequest,
        _SUBJECT,
        _REQUEST,
        _moment("RequestedAt", "requested_at"),
        _CUSTOMS,
        _OFFICER,
        _choose("Ground", "ground", R=VerificationGround.RANDOM, D=VerificationGround.DOUBT),
        _choose("Suspends", "suspends", Y=True, N=False),
        Field(national="Doubt", canonical="Doubt", attribute="doubts", form=Form.DOUBTS),
        element="OriginCheck",
        action="Check",
    ),
    _format(
        VerificationReply,
        _SUBJECT,
        _REQUEST,
        _moment("RepliedAt", "replied_at"),
        _AUTHORITY,
        _OFFICER,
        _choose(
            "Finding",
            "finding",
            O=VerificationFinding.ORIGINATING,
            N=VerificationFinding.NOT_ORIGINATING,
            F=VerificationFinding.NOT_AUTHENTIC,
            U=VerificationFinding.UNDETERMINED,
        ),
        Field(
            national="Explanation",
            canonical="Explanation",
            attribute="explanation",
            form=Form.LINES,
        ),
        element="OriginCheckAnswer",
        action="AnswerCheck",
    ),
    _format(
        VerificationOutcome,
        _SUBJECT,
        _REQUEST,
        _choose("Result", "result", Y=VerificationResult.CONFIRMED, N=VerificationResult.DENIED),
        _moment("ConcludedAt", "concluded_at"),
        _CUSTOMS,
        _OFFICER,
        Field(national="Reason", canonical="Reason", attribute="reasons", form=Form.REASONS),
        element="OriginCheckResult",
        action="ConcludeCheck",
    ),
)
"""The five documents in this format."""

_BY_KIND: Final = {each.kind.element: each for each in MOVES}
_BY_MODEL: Final = {each.model: each for each in MOVES}


def read_move(kind: Kind, body: etree._Element) -> Reading:
    """Read a document that the schema has accepted.

    Raises:
        RefusedError: ``adapter.value``.
    """
    form = _BY_KIND[kind.element]
    parts = read_children(body, NAMESPACE)
    values = {each.canonical: _read(each, parts.get(each.national), body) for each in form.fields}
    document = build_document(form.model, values, paths=kind.paths)
    message_type = find_type_of(document).message_type
    return Reading(message_type=message_type, document=document, paths=kind.paths)


def write_move(document: AboutCertificate) -> Rendering:
    """Write a document.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    form = _BY_MODEL[type(document)]
    losses = Losses.begin(document)
    out = PayloadWriter()
    for each in form.fields:
        value = getattr(document, each.attribute)
        if value is not None:
            _write(out, each, value, f"{form.model.__name__}/{each.canonical}")
    content = write_control(out.encode(), year=document.made_at.year)
    return Rendering(
        message_type=find_type_of(document).message_type,
        payload=wrap_body(
            form.kind,
            content,
            key=str(document.subject.key),
            timestamp=format_instant(document.made_at),
        ),
        losses=losses.declare(),
        paths=form.kind.paths,
    )


def _read(field: Field, element: etree._Element | None, body: etree._Element) -> object:
    if field.form in _REPEATED:
        return [_read_row(each) for each in body.iterchildren(f"{{{NAMESPACE}}}{field.national}")]
    if element is None:
        return None
    if field.codes is not None:
        return field.codes[element.text or ""]
    return _READERS[field.form](element)


def _read_count(element: etree._Element) -> object:
    return attempt(parse_whole_number, element.text)


def _read_moment(element: etree._Element) -> object:
    return attempt(parse_iso_instant, element.text)


def _read_row(element: etree._Element) -> dict[str, Any]:
    sequence = read_children(element, NAMESPACE).get("Sequence")
    row = read_reason(element)
    return row if sequence is None else {**row, "SequenceNumber": _read_count(sequence)}


_READERS: Final[Mapping[Form, Callable[[etree._Element], object]]] = {
    Form.LINE: read_text,
    Form.LINES: read_lines,
    Form.COUNT: _read_count,
    Form.MOMENT: _read_moment,
    Form.CERTIFICATE: read_subject,
    Form.REASON: read_reason,
}


def _write(out: PayloadWriter, field: Field, value: Any, path: str) -> None:  # noqa: ANN401 - whatever a field takes
    match field.form:
        case Form.LINES:
            write_lines(out, field.national, value)
        case Form.CERTIFICATE:
            write_subject(out, value, tag=field.national)
        case Form.REASON:
            write_reason(out, field.national, value)
        case Form.REASONS | Form.DOUBTS:
            for each in value:
                _write_row(out, field.national, each)
        case _:
            out.text(field.national, _spell(field, value, path))


def _write_row(out: PayloadWriter, tag: str, row: Reason | Doubt) -> None:
    out.open(tag)
    sequence = row.sequence_number if isinstance(row, Doubt) else None
    out.text("Sequence", None if sequence is None else str(sequence))
    out.text("Code", row.code)
    write_lines(out, "Text", row.text)
    out.close(tag)


def _spell(field: Field, value: Any, path: str) -> str:  # noqa: ANN401 - whatever a field takes
    if field.form is Form.MOMENT:
        return format_iso_instant(value, offset=OFFSET, path=path)
    if field.codes is not None:
        return next(code for code, known in field.codes.items() if known == value)
    return str(value)
