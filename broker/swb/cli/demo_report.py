"""What ``swb demo`` tells: figures for each pair, one certificate's road, where to look next."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from swb.cli.outcome import explain_failure
from swb.cli.output import Answer
from swb_schemas.catalogue import find_type_of
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb.sandbox.demo import DemoResult
    from swb.sandbox.timeline import Moment
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["MARK", "MARK_TEXT", "DemoReport", "describe_report", "spell_program"]

MARK: Final = "swb-demo.txt"
"""Says that a folder was left by a demonstration."""
MARK_TEXT: Final = """\
Left by swb demo, which may replace this folder.
No private key is kept here: what was left can be read, and nothing can be sent from it.
"""
"""What it says to whoever opens the folder."""

_FIGURES: Final = (
    "documents",
    "delivered",
    "given",
    "not_given",
    "pending",
    "lost",
    "duplicated",
    "refused",
    "handed_over_again",
)
_HEADS: Final = {"pending": "open"}
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What a demonstration leaves to tell.

    Attributes:
        result: Figures.
        example: The certificate whose road is shown.
        moments: That road.
        keep: Where everything was left, if anywhere.
        returned: Applications that went back to their traders, who mended them.
        in_tokens: Whether every key of members and router was in a token.
    """

    result: DemoResult
    example: CertificateOfOrigin
    moments: Sequence[Moment]
    keep: Path | None
    returned: int
    in_tokens: bool = False


def describe_report(report: DemoReport) -> Answer:
    """Make the command's answer; it is a failure when anything was lost, doubled or refused."""
    result = report.result
    value: dict[str, object] = {name: result.total(name) for name in _FIGURES}
    value["seconds"] = round(result.seconds, 3)
    value["transport"] = result.transport
    for name in (
        "messages",
        "time_stamped",
        "time_stamps",
        "cancelled",
        "verified",
        "withdrawn",
        "unfinished",
    ):
        value[name] = getattr(result, name)
    value["types"] = result.by_type()
    value["log"] = asdict(result.log)
    value["pairs"] = [
        {"from": each.pop("exporting"), "to": each.pop("importing"), **each}
        for each in (asdict(pair) for pair in result.pairs)
    ]
    bad = {name: result.total(name) for name in ("lost", "duplicated", "refused")}
    failure = None
    if any(bad.values()):
        told = ", ".join(f"{count} {name}" for name, count in bad.items())
        failure = explain_failure(
            RefusedError(
                "demo.incomplete",
                f"expected every document to arrive once, found {told}",
                actor=Actor.OPERATOR,
            )
        )
    return Answer(value=value, text="\n".join(_spell(report)), failure=failure)


def _spell(report: DemoReport) -> Iterator[str]:
    yield from _spell_table(report.result)
    yield ""
    yield (
        f"{report.result.seconds:.1f} s over the {report.result.transport} transport; "
        f"{report.returned} applications went back to their traders, who mended them"
    )
    yield (
        f"{report.result.verified} certificates were verified afterwards to the end, "
        f"{report.result.cancelled} were cancelled, {report.result.withdrawn} taken back"
    )
    yield (
        f"{report.result.time_stamped} of {report.result.messages} messages, counted at sender and "
        f"receiver each, are under {report.result.time_stamps} time-stamps of a simulated authority"
    )
    log = report.result.log
    yield (
        f"{log.size} of {log.recorded} messages that the router took in or sent are in the "
        f"region's log, which {', '.join(log.witnesses) or 'nobody'} cosigned"
    )
    if report.in_tokens:
        yield "every key of members and router was made in a SoftHSM token and never left it"
    yield ""
    yield from _spell_road(report)
    yield ""
    yield from _spell_next(report)


def _spell_table(result: DemoResult) -> Iterator[str]:
    figures = [name for name in _FIGURES if name != "handed_over_again" or result.total(name)]
    heads = ("", *(_HEADS.get(name, name.replace("_", " ")) for name in figures))
    rows = [
        (
            f"{pair.exporting} to {pair.importing}, {pair.agreement or pair.message_type}",
            *(getattr(pair, name) for name in figures),
        )
        for pair in result.pairs
    ]
    rows.append(("all", *(result.total(name) for name in figures)))
    widths = [max(len(str(row[at])) for row in (heads, *rows)) for at in range(len(heads))]
    for row in (heads, *rows):
        yield "  ".join(
            str(cell).ljust(width) if at == 0 else str(cell).rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )


def _spell_road(report: DemoReport) -> Iterator[str]:
    example = report.example
    to = example.exporter_declaration.importing_country
    yield (
        f"The road of {example.reference_number} ({example.agreement}, {len(example.items)} items) "
        f"from {example.issuing_country} to {to}, as the gateway of {example.issuing_country} knows"
    )
    for moment in report.moments:
        seconds = moment.after.total_seconds()
        when = "   before" if seconds < 0 else f"{seconds:7.3f} s"
        first, *rest = wrap(moment.what, _WIDTH - 26) or [""]
        yield f"{when}  {moment.who:<13} {first}"
        yield from (f"{'':26}{line}" for line in rest)


def _spell_next(report: DemoReport) -> Iterator[str]:
    keep, example = report.keep, report.example
    if keep is None:
        yield "Add --keep DIR to look at every message, and at the stores behind it."
        return
    name = str(example.key).replace(":", "_").replace("%2F", "_").replace("%20", "-")
    config = keep / "region" / f"gateway-{example.issuing_country}.toml"
    first = (
        keep
        / "messages"
        / (
            f"{name}.01-{find_type_of(example).message_type}.{example.issuing_country}-"
            f"{example.exporter_declaration.importing_country}.xml"
        )
    )
    swb = spell_program()
    yield "Where to look next"
    yield f"  {keep}/messages, sealed, national: what went over the border, and in and out of each"
    yield "    single window; a sorted list shows each certificate's road"
    yield f"  {swb} status {shlex.quote(str(example.key))} --config {shlex.quote(str(config))}"
    yield (
        f"  {swb} verify {shlex.quote(str(first))} "
        f"--trust {shlex.quote(str(keep / 'trust' / 'bundle.json'))}"
    )
    yield f"  {swb} ledger audit --config {shlex.quote(str(config))}"
    yield "  No private key is kept: what was left can be read, and nothing can be sent from it."


def spell_program() -> str:
    """Spell this program so that a shell finds it: after `make` it is in no folder of the path."""
    called = sys.argv[0]
    if Path(called).name != "swb" or shutil.which("swb") == shutil.which(called):
        return "swb"
    return shlex.quote(called)
