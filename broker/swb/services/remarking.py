"""Remarking: what judging finds is told to whom it concerns, and counted for the figures.

What was found of an accepted payload or a delivery is committed with it; what became nothing is
recorded by itself, so that a day's refusals and the rules behind them can be told. Codes and names
of closed sets are recorded, and nothing of a payload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.figures import Remark, RemarkKind
from swb.ports import Direction
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import AboutCertificate, LeadingDocument
from swb_schemas.parties import parse_party_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from swb.ports import DocumentRecord
    from swb_schemas.documents import Document
    from swb_schemas.errors import RefusedError
    from swb_schemas.findings import Finding
    from swb_schemas.wire.seal_header import SealHeader

__all__ = ["remark_advice", "remark_refusal", "remark_warnings"]


def remark_warnings(sent: DocumentRecord, findings: Iterable[Finding]) -> Sequence[Remark]:
    """Remark what an accepted payload was warned by, each code once."""
    return [
        Remark(
            subject=sent.document_id,
            kind=RemarkKind.RULE,
            code=code,
            at=sent.recorded_at,
            direction=Direction.OUT,
            partner=parse_party_id(sent.receiving_party).state,
            message_type=sent.message_type,
            environment=sent.environment,
        )
        for code in _list_codes(findings)
    ]


def remark_advice(
    header: SealHeader, findings: Iterable[Finding], *, at: datetime
) -> Sequence[Remark]:
    """Remark what the national system was told with a delivery, each code once."""
    return [
        Remark(
            subject=header.document_id,
            kind=RemarkKind.RULE,
            code=code,
            at=at,
            direction=Direction.IN,
            partner=parse_party_id(header.issuing_party).state,
            message_type=header.message_type,
            environment=header.environment,
        )
        for code in _list_codes(findings)
    ]


def remark_refusal(
    refusal: RefusedError,
    document: Document | None,
    *,
    payload_digest: str,
    at: datetime,
    state: str,
    environment: str,
) -> Sequence[Remark]:
    """Remark that a payload was refused, and by which rules.

    Args:
        refusal: What its sender is told.
        document: What was read of it; None where it could not be read.
        payload_digest: Its own.
        at: When.
        state: Of this gateway.
        environment: What the gateway serves.
    """
    codes = [(RemarkKind.REFUSAL, refusal.code)]
    rules = _list_codes(each for each in refusal.findings if each.code != refusal.code)
    codes += [(RemarkKind.RULE, code) for code in rules]
    return [
        Remark(
            subject=payload_digest,
            kind=kind,
            code=code,
            at=at,
            direction=Direction.OUT,
            partner="" if document is None else _find_partner(document, state),
            message_type="" if document is None else find_type_of(document).message_type,
            environment=environment,
        )
        for kind, code in codes
    ]


def _find_partner(document: Document, state: str) -> str:
    """Find for which state a document is, as far as it says so itself."""
    if isinstance(document, LeadingDocument):
        return document.destination
    if isinstance(document, AboutCertificate) and document.subject.key.state != state:
        return document.subject.key.state
    return ""


def _list_codes(findings: Iterable[Finding]) -> Iterable[str]:
    return dict.fromkeys(each.code for each in findings)
