"""Verifies the codes on a printed certificate, offline, with a pinned trust bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import get_type
from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import parse_certificate_key, parse_party_id
from swb_schemas.rulebook.dates import EAST_OF_UTC
from swb_schemas.wire.certificates import verify_ecdsa
from swb_schemas.wire.evidence import LayerRecord
from swb_schemas.wire.print_code import decode_print_code, name_key, read_fields
from swb_schemas.wire.verification import DEFAULT_POLICY
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from swb_schemas.wire.print_code import ClaimedPrintCode
    from swb_schemas.wire.printed_fields import PrintedFields
    from swb_schemas.wire.seal_header import SealHeader
    from swb_schemas.wire.trust import ListedCertificate, TrustBundle
    from swb_schemas.wire.verification import VerificationPolicy

__all__ = ["VerifiedPrint", "VerifiedPrintCode", "join_print_codes", "verify_print_code"]

_KIND: Final = get_type("CertificateIssue")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPrintCode:
    """What one code says, once its signature is found to be that of a listed issuing seal.

    Attributes:
        fields: What it says.
        signer: Whose seal signed it.
    """

    fields: PrintedFields
    signer: ListedCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPrint:
    """What the codes of one print say together.

    Attributes:
        codes: One for each sheet that was given, in their order.
        missing: Numbers of the sheets that were not.
        findings: What somebody should look at.
    """

    codes: tuple[VerifiedPrintCode, ...]
    missing: tuple[int, ...]
    findings: tuple[Finding, ...]


def verify_print_code(
    text: str,
    *,
    trust: TrustBundle,
    at: datetime,
    policy: VerificationPolicy = DEFAULT_POLICY,
    record: LayerRecord[SealHeader] | None = None,
) -> VerifiedPrintCode:
    """Verify one code.

    P1. The text is a COSE_Sign1 in its one spelling, of a version that is known, not larger than
        allowed, signed by ES256.
    P2. A certificate of that key id is listed for an issuing seal.
    P3. The signature is one by its key. From here on the fields are authentic.
    P4. The fields are valid, in their one spelling, and of the version that the text names.
    P5. The environment is one that the trust bundle serves.
    P6. The certificate is listed for the party that the fields name as the issuer, issued by a
        pinned root of that state, held when the code was signed, and is neither revoked nor
        compromised. Nothing proves an earlier time, so a revocation refuses whatever it signed.
    P7. The certificate of origin is one of the issuer's state.
    P8. It was not signed in the future, and not before the document was sealed.

    Not checked here: whether the print shows what the code says, which eyes must compare, and
    whether the certificate was cancelled or used since, which no paper can know.

    Args:
        text: As a reader of QR codes gives it.
        trust: Whom to trust.
        at: The judging moment.
        policy: Whose skew of clocks is allowed.
        record: Filled with steps as far as the procedure comes.

    Raises:
        RefusedError: ``print_code.*``, ``certificate.*``, ``party.unknown``,
            ``signature.value``, ``environment.wrong``.
        UndeterminedError: ``trust.list_expired``, ``trust.roots_expired``, ``trust.list_behind``,
            ``trust.list_forked``, ``certificate.status_unknown``, ``print_code.version``.
    """
    record = LayerRecord() if record is None else record
    with record.step("P1", "signed code in its one spelling"):
        code = decode_print_code(text)
    with record.step("P2", "known issuing seal"):
        candidates = tuple(_find_candidates(code, trust))
        if not candidates:
            message = f"expected a listed issuing seal of key id {code.claimed_key_id.hex()}"
            raise RefusedError("certificate.unlisted", message)
    with record.step("P3", "signature value"):
        der = _find_signer(code, candidates)
    with record.step("P4", "valid fields"):
        fields = read_fields(code.payload, version=code.version)
    with record.step("P5", "environment"):
        if not trust.environment.includes(fields.environment):
            message = (
                f"expected a certificate that {trust.environment} roots serve, "
                f"found {fields.environment}"
            )
            raise RefusedError("environment.wrong", message)
    with record.step("P6", "signing certificate"):
        issuer = parse_party_id(fields.issuing_party)
        signer = trust.judge_certificate(
            der, party=issuer, purpose=_KIND.seal_purpose, moments=(fields.signed_at,), at=at
        )
    record.signer = signer
    with record.step("P7", "issued by the signer's state"):
        state = parse_certificate_key(fields.certificate_key).state
        if issuer.state != state or issuer.role not in _KIND.issuers:
            message = f"expected a code signed by an issuing authority of {state}, found {issuer}"
            raise RefusedError("print_code.disagrees", message)
    with record.step("P8", "time"):
        if fields.signed_at - at > policy.skew or fields.signed_at < fields.sealed_at:
            message = (
                f"expected a code signed after {format_instant(fields.sealed_at)} and not in the "
                f"future, found {format_instant(fields.signed_at)}"
            )
            raise RefusedError("print_code.not_yet_valid", message)
    return VerifiedPrintCode(fields=fields, signer=signer)


def join_print_codes(codes: Sequence[VerifiedPrintCode], *, at: datetime) -> VerifiedPrint:
    """Join the verified codes of the sheets of one print.

    J1. All that is the same on all sheets is the same.
    J2. Two codes of one sheet say the same.
    J3. Each item stands on one sheet, and where no sheet is missing, all items are there.

    A missing sheet (``print_code.sheet_missing``), a last day that is over in UTC
    (``print_code.validity_over``), a day of issue that has not begun anywhere
    (``print_code.issued_in_future``) and a sheet of the set that is not the one for the importing
    customs (``print_code.not_original``; ATIGA Annex 8, Rule 7) are findings.

    Args:
        codes: At least one, in any order; a code that was read twice counts once.
        at: The judging moment.

    Raises:
        RefusedError: ``print_code.mixed``: they are of several documents or prints.
    """
    first = codes[0].fields
    by_sheet = {each.fields.sheet: each for each in codes}
    for each in codes:
        same = {"sheet", "items", "signed_at"}
        if each.fields.model_dump(exclude=same) != first.model_dump(exclude=same):
            message = (
                f"expected sheets of one print of {first.certificate_key}, found one of "
                f"{each.fields.certificate_key}, document {each.fields.document_id}"
            )
            raise RefusedError("print_code.mixed", message)
        if each.fields != by_sheet[each.fields.sheet].fields:
            message = f"expected one code of sheet {each.fields.sheet}, found two that differ"
            raise RefusedError("print_code.mixed", message)
    given = tuple(by_sheet[number] for number in sorted(by_sheet))
    whole = len(given) == first.sheets
    numbers = [item.sequence_number for each in given for item in each.fields.items]
    count, most = len(numbers), first.item_count
    if len(set(numbers)) < count or count > most or (whole and count < most):
        found = ", ".join(map(str, numbers)) or "none"
        message = f"expected each of {most} items on one of {first.sheets} sheets, found {found}"
        raise RefusedError("print_code.mixed", message)
    missing = tuple(number for number in range(1, first.sheets + 1) if number not in by_sheet)
    return VerifiedPrint(
        codes=given,
        missing=missing,
        findings=(
            *_list_missing(missing, first),
            *_list_validity(first, at),
            *_list_issue(first, at),
            *_list_copy(first),
        ),
    )


def _find_candidates(code: ClaimedPrintCode, trust: TrustBundle) -> Iterator[ListedCertificate]:
    """Find who may have signed: a key id is a hint, and several may have the same."""
    for state in trust.lists.values():
        for entries in state.parties.values():
            for entry in entries:
                if (
                    entry.purpose is _KIND.seal_purpose
                    and name_key(entry.certificate.der) == code.claimed_key_id
                ):
                    yield entry


def _find_signer(code: ClaimedPrintCode, candidates: Sequence[ListedCertificate]) -> bytes:
    failure: RefusedError | None = None
    for each in candidates:
        try:
            verify_ecdsa(each.certificate.public_key, code.signature, code.to_be_signed)
        except RefusedError as error:
            failure = error
        else:
            return each.certificate.der
    assert failure is not None  # noqa: S101 - there is at least one candidate
    raise failure


def _list_missing(missing: Sequence[int], fields: PrintedFields) -> Iterator[Finding]:
    if missing:
        numbers = ", ".join(map(str, missing))
        yield Finding(
            code="print_code.sheet_missing",
            severity=Severity.WARN,
            path=fields.certificate_key,
            message=f"expected {fields.sheets} sheets, found none with the number {numbers}",
            actor=Actor.RECIPIENT,
        )


def _list_validity(fields: PrintedFields, at: datetime) -> Iterator[Finding]:
    if fields.valid_until is not None and at.astimezone(UTC).date() > fields.valid_until:
        yield Finding(
            code="print_code.validity_over",
            severity=Severity.WARN,
            path=fields.certificate_key,
            message=f"expected a certificate that holds, found one that held until "
            f"{fields.valid_until}",
            actor=Actor.RECIPIENT,
        )


def _list_issue(fields: PrintedFields, at: datetime) -> Iterator[Finding]:
    today = at.astimezone(UTC).date()
    if fields.issued_on > today + EAST_OF_UTC:
        yield Finding(
            code="print_code.issued_in_future",
            severity=Severity.WARN,
            path=fields.certificate_key,
            message=f"expected a day of issue not after {today}, found {fields.issued_on}",
            actor=Actor.SENDER,
        )


def _list_copy(fields: PrintedFields) -> Iterator[Finding]:
    if fields.copy_type is not CopyType.ORIGINAL:
        yield Finding(
            code="print_code.not_original",
            severity=Severity.WARN,
            path=fields.certificate_key,
            message=f"expected the ORIGINAL, which goes to the importing customs, found the "
            f"{fields.copy_type}",
            clause="ATIGA Annex 8 Rule 7",
            actor=Actor.RECIPIENT,
        )
