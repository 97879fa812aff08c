"""What a draft or a signed file says, in full: nobody has to sign what they cannot read."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import Purpose
from swb_schemas.connection_agreement import AgreementForm
from swb_schemas.pair_report import PairReportForm
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.root_succession import RootStatementForm
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb.core.trust_drafts import Draft
    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.trust_list import CertificateEntry, TrustListForm

__all__ = ["PURPOSE_WIDTH", "spell_draft"]

PURPOSE_WIDTH: Final = max(map(len, Purpose)) + 2
"""Of the column that says what certificates are for."""


def spell_draft(draft: Draft) -> Iterator[str]:
    """Spell what a draft or a signed file says; whether it holds is not asked.

    Raises:
        RefusedError: ``certificate.malformed``, ``certificate.key``.
    """
    form = draft.form
    signed = list(draft.signatures)
    yield form.format
    yield f"digest      {draft.digest}"
    yield f"signatures  {len(signed)}, not checked" if signed else "signatures  none: a draft"
    for each in signed:
        yield f"            {each}"
    match form:
        case AgreementForm():
            yield from _spell_agreement(form)
        case PairReportForm():
            yield from _spell_pair_report(form)
        case RootStatementForm():
            yield from _spell_statement(form)
        case _:
            yield from _spell_list(form)


def _spell_statement(form: RootStatementForm) -> Iterator[str]:
    yield f"statement   {form.number} of {form.state} for {form.environment}"
    yield f"issued      {format_instant(form.issued)}"
    yield f"expires     {format_instant(form.expires)}"
    yield f"quorum      {form.quorum} of {len(form.roots)} roots must sign"
    for text in form.roots:
        yield f"  root    {_spell_certificate(_read(text))}"
    for each in form.former:
        yield f"  former  {each.root}  what it issued counts until {format_instant(each.until)}"


def _spell_list(form: TrustListForm) -> Iterator[str]:
    yield f"list        {form.number} of {form.state} for {form.environment}"
    yield f"made under  root statement {form.root_number}"
    yield f"issued      {format_instant(form.issued)}"
    yield f"expires     {format_instant(form.expires)}"
    yield f"quorum      {form.quorum} must sign"
    for party in form.parties:
        yield f"  {party.party}"
        for entry in party.certificates:
            yield f"    {_spell_entry(entry)}"
    for authority in form.authorities:
        yield f"  authority  {_spell_certificate(_read(authority.certificate))}"
        for place in (*authority.crl, *authority.ocsp):
            yield f"    asked at  {place}"
    for pointer in form.pointers:
        yield f"  pointer  {pointer.state}  {pointer.location}"
        for root in pointer.roots:
            yield f"    root  {root}"
    for seen in form.snapshot:
        yield (
            f"  seen  {seen.state}  list {seen.number} under root statement {seen.root_number}  "
            f"{seen.digest}"
        )


def _spell_entry(entry: CertificateEntry) -> str:
    certificate = _read(entry.certificate)
    stolen = entry.compromised_since
    return (
        f"{entry.purpose:<{PURPOSE_WIDTH}}"
        f"{format_instant(entry.from_)} to {format_instant(entry.until)}  "
        f"{_spell_certificate(certificate)}"
        + (f"  stolen since {format_instant(stolen)}" if stolen else "")
    )


def _spell_agreement(form: AgreementForm) -> Iterator[str]:
    yield f"agreement   {form.number} of {' and '.join(form.states)} for {form.environment}"
    yield f"issued      {format_instant(form.issued)}"
    yield "quorum      that of each of the two states' roots has to sign"
    for line in form.connections:
        members = line.model_dump(mode="json", by_alias=True, exclude_none=True)
        yield "  line  " + "  ".join(f"{name} {value}" for name, value in members.items())


def _spell_pair_report(form: PairReportForm) -> Iterator[str]:
    yield f"pair report of {' and '.join(form.states)}, in {form.environment}"
    yield f"ended       {format_instant(form.ended)}"
    yield f"trust       {form.trust}"
    for standing, count in sorted(Counter(each.standing for each in form.cases).items()):
        yield f"  {standing:9} {count}"
    for line in form.tried:
        yield f"  tried     {' '.join(line.key)}"


def _read(text: str) -> Certificate:
    return parse_certificate(base64.b64decode(text))


def _spell_certificate(certificate: Certificate) -> str:
    start, end = format_instant(certificate.valid_from), format_instant(certificate.valid_until)
    return f"{certificate.thumbprint}  {certificate.subject}  valid {start} to {end}"
