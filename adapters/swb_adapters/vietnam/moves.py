"""Cancellation and verification, both ways: one table of fields for each of five documents.

They are flat but for one list, so a table says all there is: where an element stands in the
payload, where in the canonical document, and in which form.
"""

from __future__ import annotations

import re
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
    parse_whole_number,
    read_children,
    read_texts,
)
from swb_adapters.vietnam.envelope import NAMESPACE, Kind, check_reference, wrap_content
from swb_adapters.vietnam.parts import format_time, read_line, read_lines, read_time
from swb_adapters.vietnam.paths import CONTENT
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
    VerificationFinding,
    VerificationGround,
    VerificationResult,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from swb_adapters.vietnam.envelope import Opened
    from swb_schemas.documents import AboutCertificate

__all__ = ["MOVES", "read_move", "write_move"]


class Form(StrEnum):
    """How a value is written."""

    LINE = "line"
    LINES = "lines"
    TEXT = "as it is"
    COUNT = "whole number"
    TIME = "local time"
    CHOICE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One element.

    Attributes:
        national: Its name in the payload.
        canonical: Its path below the canonical parent, in element names.
        form: How it is written.
        codes: With `Form.CHOICE`: national code to canonical value.
    """

    national: str
    canonical: str
    form: Form = Form.LINE
    codes: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The list of a document.

    Attributes:
        national: The element around it, and that of each row.
        canonical: The repeated element, and the model's attribute.
        fields: Of each row.
    """

    national: tuple[str, str]
    canonical: tuple[str, str]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFormat:
    """One document type in this format."""

    model: type[AboutCertificate]
    kind: Kind
    fields: tuple[Field, ...]
    rows: Rows | None = None


_SUBJECT: Final = (
    Field(national="CoNumber", canonical="Subject/ReferenceNumber"),
    Field(national="IssuingCountry", canonical="Subject/IssuingCountry", form=Form.TEXT),
    Field(national="IssuingOffice", canonical="Subject/IssuingOffice", form=Form.TEXT),
)
_REASON: Final = (
    Field(national="ReasonCode", canonical="Reason/Code", form=Form.TEXT),
    Field(national="ReasonText", canonical="Reason/Text", form=Form.LINES),
)
_OFFICER: Final = Field(national="OfficerName", canonical="OfficerName")


def _own(office: str, number: str, canonical_number: str, moment: str) -> tuple[Field, ...]:
    return (
        Field(national=number, canonical=canonical_number, form=Form.COUNT),
        Field(national=moment, canonical=moment, form=Form.TIME),
        Field(national=office, canonical="Office"),
        _OFFICER,
    )


def _choose(national: str, canonical: str, **codes: object) -> Field:
    known = {code.lstrip("_"): value for code, value in codes.items()}
    return Field(national=national, canonical=canonical, form=Form.CHOICE, codes=known)


def _format(
    model: type[AboutCertificate],
    *,
    element: str,
    code: str,
    function: str,
    fields: tuple[Field, ...],
    rows: Rows | None = None,
) -> MoveFormat:
    body, root = f"{CONTENT}/{element}", model.__name__
    pairs = []
    if rows is not None:
        row = f"{body}/{rows.national[0]}/{rows.national[1]}[*]"
        ours = f"{root}/{rows.canonical[0]}[*]"
        pairs += [(f"{ours}/{each.canonical}", f"{row}/{each.national}") for each in rows.fields]
        pairs.append((ours, row))
    pairs += [(f"{root}/{each.canonical}", f"{body}/{each.national}") for each in fields]
    kind = Kind(element=element, code=code, functions=(function,), paths=PathMap(pairs))
    return MoveFormat(model=model, kind=kind, fields=fields, rows=rows)


_ROW: Final = (
    Field(national="Code", canonical="Code", form=Form.TEXT),
    Field(national="Text", canonical="Text", form=Form.LINES),
)

MOVES: Final = (
    _format(
        Cancellation,
        element="CancelRequest",
        code="CO04",
        function="1",
        fields=(
            *_SUBJECT,
            *_own("Office", "CancelNo", "CancellationNumber", "RequestedAt"),
            *_REASON,
            Field(national="NewCoNumber", canonical="Replacement/ReferenceNumber"),
            Field(
                national="NewIssuingCountry",
                canonical="Replacement/IssuingCountry",
                form=Form.TEXT,
            ),
            Field(
                national="NewIssuingOffice", canonical="Replacement/IssuingOffice", form=Form.TEXT
            ),
        ),
    ),
    _format(
        DeclarationWithdrawal,
        element="WithdrawDeclaration",
        code="XK02",
        function="1",
        fields=(
            *_SUBJECT,
            *_own("CustomsOffice", "CancelNo", "CancellationNumber", "RequestedAt"),
            *_REASON,
        ),
    ),
    _format(
        CancellationReply,
        element="CancelReply",
        code="CO05",
        function="3",
        fields=(
            *_SUBJECT,
            *_own("CustomsOffice", "CancelNo", "CancellationNumber", "RepliedAt"),
            _choose(
                "Result",
                "Outcome",
                _1=CancellationOutcome.ACCEPTED,
                _2=CancellationOutcome.UTILISED,
                _3=CancellationOutcome.UNKNOWN,
            ),
            Field(national="DeclarationNo", canonical="DeclarationNumber"),
            *_REASON,
        ),
    ),
    _format(
        VerificationRequest,
        element="CheckRequest",
        code="CO06",
        function="1",
        fields=(
            *_SUBJECT,
            *_own("CustomsOffice", "CheckNo", "RequestNumber", "RequestedAt"),
            _choose("Ground", "Ground", R=VerificationGround.RANDOM, D=VerificationGround.DOUBT),
            _choose("SuspendPreference", "Suspends", _0=False, _1=True),
        ),
        rows=Rows(
            national=("Doubts", "Doubt"),
            canonical=("Doubt", "doubts"),
            fields=(
                Field(national="ItemNo", canonical="SequenceNumber", form=Form.COUNT),
                *_ROW,
            ),
        ),
    ),
    _format(
        VerificationReply,
        element="CheckReply",
        code="CO07",
        function="3",
        fields=(
            *_SUBJECT,
            *_own("Office", "CheckNo", "RequestNumber", "RepliedAt"),
            _choose(
                "Finding",
                "Finding",
                _1=VerificationFinding.ORIGINATING,
                _2=VerificationFinding.NOT_ORIGINATING,
                _3=VerificationFinding.NOT_AUTHENTIC,
                _4=VerificationFinding.UNDETERMINED,
            ),
            Field(national="Explanation", canonical="Explanation", form=Form.LINES),
        ),
    ),
    _format(
        VerificationOutcome,
        element="CheckResult",
        code="CO08",
        function="3",
        fields=(
            *_SUBJECT,
            *_own("CustomsOffice", "CheckNo", "RequestNumber", "ConcludedAt"),
            _choose(
                "Result", "Result", _1=VerificationResult.CONFIRMED, _2=VerificationResult.DENIED
            ),
        ),
        rows=Rows(national=("Reasons", "Reason"), canonical=("Reason", "reasons"), fields=_ROW),
    ),
)
"""The five documents in this format."""

_BY_KIND: Final = {id(each.kind): each for each in MOVES}
_BY_MODEL: Final = {each.model: each for each in MOVES}


def read_move(opened: Opened) -> Reading:
    """Read a document that the schema has accepted.

    Raises:
        RefusedError: ``adapter.inconsistent``, ``adapter.value``.
    """
    form = _BY_KIND[id(opened.kind)]
    texts = read_texts(opened.content, NAMESPACE)
    check_reference(opened, texts["CoNumber"])
    values = _read_fields(form.fields, texts)
    if form.rows is not None:
        around = read_children(opened.content, NAMESPACE).get(form.rows.national[0])
        values[form.rows.canonical[0]] = [
            _read_row(each, form.rows) for each in (() if around is None else around)
        ]
    document = build_document(form.model, values, paths=form.kind.paths)
    message_type = find_type_of(document).message_type
    return Reading(message_type=message_type, document=document, paths=form.kind.paths)


def write_move(document: AboutCertificate) -> Rendering:
    """Write a document.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    form = _BY_MODEL[type(document)]
    losses = Losses.begin(document)
    out = PayloadWriter()
    sent = ""
    for each in form.fields:
        text = _write(each, _find(document, each.canonical), form.model.__name__, losses)
        out.text(each.national, text)
        if each.form is Form.TIME and text:
            sent = text
    rows = getattr(document, form.rows.canonical[1]) if form.rows else ()
    if form.rows is not None and rows:
        out.open(form.rows.national[0])
        for row in rows:
            out.open(form.rows.national[1])
            for each in form.rows.fields:
                value = _find(row, each.canonical)
                out.text(each.national, _write(each, value, form.rows.canonical[0], losses))
            out.close(form.rows.national[1])
        out.close(form.rows.national[0])
    return Rendering(
        message_type=find_type_of(document).message_type,
        payload=wrap_content(
            form.kind,
            out.encode(),
            function=form.kind.functions[0],
            reference=document.subject.reference_number,
            sent=sent,
        ),
        losses=losses.declare(),
        paths=form.kind.paths,
    )


def _read_row(element: etree._Element, rows: Rows) -> dict[str, Any]:
    return _read_fields(rows.fields, read_texts(element, NAMESPACE))


def _read_fields(fields: tuple[Field, ...], texts: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for each in fields:
        value = _read(each, texts)
        if value is None:
            continue
        *around, name = each.canonical.split("/")
        target = values
        for step in around:
            target = target.setdefault(step, {})
        target[name] = value
    return values


def _read(field: Field, texts: Mapping[str, str]) -> object:
    text = texts.get(field.national)
    found: object = text
    match field.form:
        case Form.LINE:
            found = read_line(texts, field.national)
        case Form.LINES:
            found = read_lines(texts, field.national)
        case Form.COUNT:
            found = attempt(parse_whole_number, text)
        case Form.TIME:
            found = read_time(texts, field.national)
        case Form.CHOICE if text is not None:
            found = (field.codes or {})[text]
        case _:
            pass
    return found


def _write(field: Field, value: Any, root: str, losses: Losses) -> str | None:  # noqa: ANN401 - whatever a field takes
    if value is None:
        return None
    match field.form:
        case Form.COUNT:
            return str(value)
        case Form.TIME:
            return format_time(value, path=f"{root}/{field.canonical}", losses=losses)
        case Form.CHOICE:
            return next(code for code, known in (field.codes or {}).items() if known == value)
        case _:
            return str(value)


_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


def _find(parent: object, path: str) -> object:
    """Find a value by its path in element names."""
    found: object = parent
    for step in path.split("/"):
        if found is None:
            return None
        found = getattr(found, _WORD.sub("_", step).lower())
    return found
