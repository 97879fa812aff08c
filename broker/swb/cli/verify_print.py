"""``swb verify-print``: the codes on a printed certificate, verified without any network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import Moment, read_octets
from swb.cli.options import trust_option
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb.cli.trust_bundles import load_trust
from swb.clock import SystemClock
from swb_schemas.documents.certificate_of_origin import CopyType
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.wire.print_code import begins_code, split_codes
from swb_schemas.wire.print_verification import join_print_codes, verify_print_code
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from swb.cli.outcome import Failure
    from swb_schemas.wire.print_verification import VerifiedPrint
    from swb_schemas.wire.printed_fields import PrintedFields, PrintedItem, PrintedParty
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["command", "list_codes", "verify_codes"]

_NOT_KNOWN: Final = ("cancellation", "use")
"""What may have happened to a certificate since, and nobody knows offline."""
_MISREAD: Final = frozenset({"print_code.malformed", "signature.value"})
"""Codes of what a slip in reading looks like, too."""
_SCAN_AGAIN: Final = (
    "a code that was cut, or of which one letter was mistyped, looks the same: scan it again from "
    "the paper itself; where it is refused again, do not take the paper, and ask who issued it"
)
_LARGEST_PRINT: Final = 200_000_000
"""Octets; a hundred pages that were scanned in colour."""


@click.command("verify-print", short_help="Verify the codes on a printed certificate, offline.")
@click.argument("print_", metavar="FILE-OR-TEXT", required=False)
@trust_option(
    "The trust bundle: pinned roots and signed lists. Whoever gives it decides whom to trust."
)
@click.option("--at", type=Moment(), help="Judge as of this time, such as 2026-01-20T08:00:00Z.")
@click.option(
    "--page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page that does the same in a browser without a network, with the seals that "
    "BUNDLE lists now, and verify nothing.",
)
def command(print_: str | None, bundle: Path, at: datetime | None, page: Path | None) -> Answer:
    """Verify the QR codes on the print FILE-OR-TEXT: a PDF, an image of a scan, or a code's text.

    All pages are read. Shows the verdict and what the codes say, for comparing with what is
    printed: a code vouches for what is in it, and not for the ink around it. Whether the
    certificate was cancelled or used since, no paper can know, and nobody offline: ask the
    gateway (swb status, swb paper list) or the issuing authority.

    Exit status: 0 accepted, 1 refused, 3 undetermined, also where pages are missing.
    """
    moment = at or SystemClock().now()
    if bool(print_) == (page is not None):
        message = "expected either FILE-OR-TEXT, which is not empty, or --page"
        raise click.UsageError(message)
    if page is not None:
        return _write_page(page, load_trust(bundle), moment)
    try:
        found = verify_codes(list_codes(print_ or ""), load_trust(bundle), moment)
    except (RefusedError, UndeterminedError) as error:
        return Answer(
            value={
                "verdict": error.family,
                "code": error.code,
                "at": format_instant(moment),
                "fields": None,
                "missing": [],
                "findings": [],
                "not_known": _NOT_KNOWN,
            },
            text=_spell_failure(error, moment),
            failure=explain_failure(error),
        )
    lacking = _explain_lack(found)
    return Answer(
        value={
            "verdict": "undetermined" if lacking else "accepted",
            "code": lacking.code if lacking else None,
            "at": format_instant(moment),
            "fields": _describe(found),
            "missing": list(found.missing),
            "not_known": _NOT_KNOWN,
            "findings": [describe_finding(each) for each in found.findings],
        },
        text="\n".join(_spell(found, moment)),
        findings=[each for each in found.findings if lacking is None or each.code != lacking.code],
        failure=lacking,
    )


def list_codes(print_: str) -> Sequence[str]:
    """List the texts of the codes on a print.

    Args:
        print_: A file, ``-`` for standard input, or the text of codes, each at the beginning of a
            line.

    Raises:
        UndeterminedError: ``print_code.none``, ``print_code.unreadable``.
        UnavailableError: ``render.not_installed``.
    """
    if begins_code(print_):
        return split_codes(print_)
    from swb.printing.scanning import read_codes  # noqa: PLC0415 - few prints need it

    return read_codes(read_octets(print_, limit=_LARGEST_PRINT))


def verify_codes(codes: Sequence[str], trust: TrustBundle, at: datetime) -> VerifiedPrint:
    """Verify all codes of one print.

    Raises:
        RefusedError, UndeterminedError: See `verify_print_code` and `join_print_codes`.
    """
    verified = [verify_print_code(each, trust=trust, at=at) for each in codes]
    return join_print_codes(verified, at=at)


def _write_page(file: Path, trust: TrustBundle, at: datetime) -> Answer:
    from swb.printing.verifier_page import write_verifier_page  # noqa: PLC0415 - needs an extra

    page = write_verifier_page(trust, at)
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as cause:
        message = f"expected to write {file}: {cause.strerror}"
        raise click.UsageError(message) from cause
    return Answer(value={"file": str(file)}, text=f"{file}: open it in a browser, offline")


def _explain_lack(found: VerifiedPrint) -> Failure | None:
    """Say that a print lacks pages: what stood on them is not known."""
    for each in found.findings:
        if each.code == "print_code.sheet_missing":
            return explain_failure(
                UndeterminedError(each.code, each.message, actor=Actor.RECIPIENT)
            )
    return None


# --- telling -----------------------------------------------------------------------------------


def _spell_failure(error: RefusedError | UndeterminedError, at: datetime) -> str:
    verdict = f"{error.family}: print, judged as of {format_instant(at)}"
    return f"{verdict}\n{_SCAN_AGAIN}" if error.code in _MISREAD else verdict


def _describe(found: VerifiedPrint) -> dict[str, object]:
    first = found.codes[0].fields
    return {
        "certificate_key": first.certificate_key,
        "document_id": first.document_id,
        "digest": f"sha-256:{first.digest.hex()}",
        "issuing_party": first.issuing_party,
        "environment": first.environment,
        "copy_type": first.copy_type,
        "issued_on": first.issued_on.isoformat(),
        "first_issued_on": first.first_issued_on.isoformat() if first.first_issued_on else None,
        "valid_until": first.valid_until.isoformat() if first.valid_until else None,
        "sealed_at": format_instant(first.sealed_at),
        "signed_at": format_instant(first.signed_at),
        "destination": first.destination,
        "exporter": _describe_party(first.exporter),
        "consignee": _describe_party(first.consignee),
        "sheets": first.sheets,
        "item_count": first.item_count,
        "items": [each.model_dump() for each in _items(found)],
    }


def _describe_party(party: PrintedParty) -> dict[str, object]:
    return {
        "country": party.country,
        "name": party.name,
        "digest": f"sha-256:{party.digest.hex()}" if party.digest else None,
    }


def _items(found: VerifiedPrint) -> list[PrintedItem]:
    return [item for code in found.codes for item in code.fields.items]


def _spell(found: VerifiedPrint, at: datetime) -> Iterator[str]:
    first = found.codes[0].fields
    yield f"{_spell_verdict(found)}: print, judged as of {format_instant(at)}"
    for name, value in _list_values(first):
        yield f"    {name:16} {value}"
    yield f"    {'pages':16} {len(found.codes)} of {first.sheets}"
    yield f"    {'items':16} {len(_items(found))} of {first.item_count}"
    for item in _items(found):
        yield (
            f"    {item.sequence_number:>6}  {item.commodity_code:10}  {_spell_measure(item):24}  "
            + (item.criterion)
        )
    if any(_spell_measure(item) == _UNSAID for item in _items(found)):
        yield "where a quantity is not in the code, nobody vouches for the weight on the paper"
    yield (
        "compare this with what is printed: the code vouches for nothing else on the paper, such "
        "as marks, descriptions, values, invoices, or the weight of what has a quantity"
    )
    since = format_instant(first.signed_at)
    yield (
        f"not known offline: whether it was cancelled or used since {since}; "
        f"ask your gateway (swb status, swb paper list) or {first.issuing_party}"
    )


def _spell_measure(item: PrintedItem) -> str:
    if item.quantity is not None:
        return f"{item.quantity} {item.unit}"
    if item.gross_measure is not None:
        return f"gross {item.gross_measure} {item.gross_unit}"
    return _UNSAID


_UNSAID: Final = "not in the code"
_CAUTIONS: Final = {
    "print_code.sheet_missing": "pages missing",
    "print_code.validity_over": "validity over",
    "print_code.issued_in_future": "issued on a day to come",
    "print_code.not_original": "not the original",
}
_WORTH: Final = {
    Environment.TEST: "TEST, NOT VALID",
    Environment.PARALLEL: "PARALLEL EXCHANGE, NOT BINDING",
}
_COPIES: Final = {
    CopyType.ORIGINAL: "the one for the importing customs",
    CopyType.DUPLICATE: "the one that the issuing authority keeps",
    CopyType.TRIPLICATE: "the one that the exporter keeps",
}
"""Whose each sheet of the set is (ATIGA Annex 8, Rule 7)."""


def _spell_verdict(found: VerifiedPrint) -> str:
    """Spell the verdict with what keeps it from being a whole one."""
    environment = found.codes[0].fields.environment
    verdict = "undetermined" if found.missing else "accepted"
    worth = [_WORTH[environment]] if environment in _WORTH else []
    return ", ".join([verdict, *worth, *(_CAUTIONS[each.code] for each in found.findings)])


def _list_values(fields: PrintedFields) -> Iterator[tuple[str, object]]:
    yield "certificate key", fields.certificate_key
    yield "copy", f"{fields.copy_type}, {_COPIES[fields.copy_type]}"
    yield "environment", fields.environment
    yield "issued on", fields.issued_on
    if fields.first_issued_on:
        yield "first issued on", fields.first_issued_on
    if fields.valid_until:
        yield "valid until", fields.valid_until
    yield "exporter", _spell_party(fields.exporter)
    yield "consignee", _spell_party(fields.consignee)
    yield "destination", fields.destination
    yield "document id", fields.document_id
    yield "digest", f"sha-256:{fields.digest.hex()}"
    yield "sealed at", format_instant(fields.sealed_at)
    yield "signed by", fields.issuing_party
    yield "signed at", format_instant(fields.signed_at)


def _spell_party(party: PrintedParty) -> str:
    more = "... (cut)" if party.digest else ""
    return f"{party.name}{more}, {party.country}"
