"""``swb check``: what the rule book says of a payload, before anybody submits it.

The rules are those of ``swb submit`` and of the receiving gateway. What only a gateway's register
knows (a number that was given before, the originals of a back-to-back certificate) is not asked
here, and those rules are silent. Nor are the files of a gateway: its table of consents and its
policy on data. What the payload itself says of consent is judged.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import FILE_OR_STDIN, Day, read_octets
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb.cli.payloads import get_adapter, list_installed, locate
from swb.clock import SystemClock
from swb.plugins import discover_adapters
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import AboutCertificate, LeadingDocument
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.rulebook import Place, check_document, get_place_of_issue
from swb_schemas.wire.limits import LARGEST_PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from swb_adapters.sdk import Reading
    from swb_schemas.documents import Document

__all__ = ["command"]

_ISSUER: Final = "issuer"
_IMPORTER: Final = "importer"


@click.command("check", short_help="Check a payload by the rules of its agreement.")
@click.option(
    "--from",
    "source",
    required=True,
    metavar="FORMAT",
    help="Format of FILE: an adapter's name, or canonical.",
)
@click.option(
    "--place",
    type=click.Choice([_ISSUER, _IMPORTER]),
    default=_ISSUER,
    show_default=True,
    help="Who judges: the side that issues refuses, the side that imports is advised.",
)
@click.option("--at", type=Day(), help="Judge as of this day, such as 2026-01-20; today in UTC.")
@click.argument("file", type=FILE_OR_STDIN)
def command(source: str, place: str, at: date | None, file: str) -> Answer:
    """Check FILE (- for standard input) by the rules that hold for it, without submitting it.

    FORMAT is the name of an adapter (see swb adapters list), command: and the command line of a
    program that is one, or canonical. Each finding names its place in FILE's own format, then in
    the canonical document, what was expected and found, the clause, and the rule (see swb rules
    list). No register is asked, and no file of a gateway: whether a number was given before,
    whether the exporter consents where the payload does not say so, and what a policy on data
    keeps back, only a gateway can tell.

    Exit status: 0 nothing refuses, 1 the issuing side would refuse it.
    """
    day = at or SystemClock().now().date()
    adapter = get_adapter(discover_adapters(names=list_installed(source)), source)
    reading = adapter.to_canonical(read_octets(file, limit=LARGEST_PAYLOAD))
    document = reading.document
    judge = Place.IMPORTER if place == _IMPORTER else get_place_of_issue(document)
    found = list(locate(check_document(document, at=day, place=judge), reading))
    if judge is not Place.IMPORTER:
        found = [*locate(_check_consent(reading), reading), *found]
    findings = [*locate(reading.findings, reading), *found]
    refusing = [each for each in found if judge.refuses(each)]
    failure = (
        explain_failure(
            RefusedError(
                "submission.rule_broken",
                f"{len(refusing)} finding(s) for which the issuing side refuses",
            )
        )
        if refusing
        else None
    )
    return Answer(
        value={
            "from": source,
            "message_type": reading.message_type,
            "certificate_key": _name(document),
            "place": judge,
            "at": day.isoformat(),
            "refuses": len(refusing),
            "findings": [describe_finding(each) for each in findings],
        },
        text=_summary(document, judge, day, findings),
        findings=findings,
        advises=judge is Place.IMPORTER,
        failure=failure,
    )


def _check_consent(reading: Reading) -> Sequence[Finding]:
    """Whether the payload itself says that the exporter does not consent to what needs it."""
    document = reading.document
    if reading.consent is not False or not find_type_of(document).needs_consent:
        return ()
    return (
        Finding(
            code="consent.missing",
            severity=Severity.REFUSE,
            path=f"{type(document).__name__}/Exporter/Identifier",
            message="expected the exporter's consent to the exchange, found it refused",
        ),
    )


def _name(document: Document) -> str | None:
    match document:
        case LeadingDocument():
            return str(document.key)
        case AboutCertificate():
            return str(document.subject.key)
        case _:
            return None


def _summary(document: Document, judge: Place, day: date, findings: Sequence[Finding]) -> str:
    counts = Counter(each.severity for each in findings)
    name = _name(document)
    unit = "advice" if judge is Place.IMPORTER else "fault(s)"
    words = [
        f"{counts[Severity.REFUSE]} {unit}",
        f"{counts[Severity.WARN]} warning(s)",
        f"{counts[Severity.LOSS]} loss(es)",
    ]
    about = "about " if isinstance(document, AboutCertificate) else ""
    what = type(document).__name__ + (f" {about}{name}" if name else "")
    return f"{what}, judged by the {judge} on {day}: {', '.join(words)}"
