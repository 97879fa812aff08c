"""``docs/reference/samples.md``: what becomes of every document that others published."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from swb.plugins import discover_adapters
from swb_schemas.errors import RefusedError
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from swb.plugins import Discovery
    from swb_schemas.findings import Finding

__all__ = ["PAGE", "SOURCES", "Outcome", "build_page", "list_outcomes"]

PAGE: Final = ROOT / "docs" / "reference" / "samples.md"
_FINDINGS: Final = 3
_POSITION: Final = re.compile(r"\[\d+\]")
_QUOTED: Final = re.compile(r"found '[^']*'")

SOURCES: Final = (
    ("aanzfta", "*.json", "AANZFTA certificate of origin", ("aanzfta",)),
    ("ceisa40", "*.example.json", "CEISA 4.0, BC 2.0 and BC 3.0", ("indonesia",)),
    ("ephyto", "src/test/**/*.xml", "IPPC ePhyto", ("ephyto",)),
    ("ubl", "**/*Example.xml", "UBL", ("ubl",)),
    ("asycuda", "*.xml", "ASYCUDA World", ("cambodia", "laos", "timor-leste")),
    ("edifact", "samples/*.edi", "CUSCAR, CUSDEC", ("edifact", "malaysia")),
    ("wco", "declarations/**/*.[xX][mM][lL]", "WCO declarations", ("wco",)),
)
"""Folder, files, what they are, and the adapters that they are for."""

_HEAD: Final = """\
# What becomes of published documents

Every certificate, declaration and phytosanitary certificate that others published and that this
project's tests know is taken in by the adapters that it is for. It becomes a canonical document,
with what that has no place for told as losses, or it is refused, with a place in the document and
what was expected there. The documents themselves are no part of this repository; the page is
written by the test that reads them, and checked where they are at hand.

Examples of envelopes (SBDH), of signed files and of attacks are tried elsewhere
([foreign signatures](foreign-signatures.md), [attacks](attacks.md)).

Documents of which the same is to be said stand in one line, so what was found in each of them is
left out: where the page says `found another`, the command names it, such as `found 'I'`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one document in one adapter.

    Attributes:
        folder: Where it stands among what others published.
        file: Its name.
        adapter: Which one read it.
        became: Type of the canonical document; empty where it was refused.
        code: Of the refusal.
        actor: Who must act upon the refusal.
        findings: Of the refusal, or the losses and warnings of the reading.
    """

    folder: str
    file: str
    adapter: str
    became: str = ""
    code: str = ""
    actor: str = ""
    findings: tuple[Finding, ...] = ()


def list_outcomes(samples: Path) -> Iterator[Outcome]:
    """Take every published document into each adapter that it is for."""
    found = discover_adapters()
    for folder, pattern, _, names in SOURCES:
        for path in sorted((samples / folder).glob(pattern)):
            for name in names:
                file = path.relative_to(samples / folder).as_posix()
                yield _take_in(Outcome(folder=folder, file=file, adapter=name), path, found)


def _take_in(outcome: Outcome, path: Path, found: Discovery) -> Outcome:
    try:
        reading = found.get(outcome.adapter).to_canonical(path.read_bytes())
    except RefusedError as refusal:
        actor = str(refusal.actor)
        return replace(outcome, code=refusal.code, actor=actor, findings=refusal.findings)
    return replace(outcome, became=reading.message_type, findings=reading.findings)


def _describe(outcome: Outcome) -> tuple[str, ...]:
    """What is alike in documents that end alike: without positions and without what was found."""
    if outcome.became:
        codes = [finding.code for finding in outcome.findings]
        counted = ", ".join(f"{codes.count(code)} `{code}`" for code in sorted(set(codes)))
        return (f"becomes `{outcome.became}`" + (f" with {counted}" if counted else ""),)
    told = [
        f"`{_POSITION.sub('', each.national_path) or 'root element'}`: "
        f"{_QUOTED.sub('found another', each.message.partition('; ')[0])}"
        for each in outcome.findings
    ]
    distinct = list(dict.fromkeys(told))
    shown = distinct[:_FINDINGS]
    more = len(distinct) - len(shown)
    rest = f"and {more} further place{'s' if more > 1 else ''}"
    return (
        f"refused, `{outcome.code}`; the {outcome.actor} must act",
        *shown,
        *([rest] if more else ()),
    )


def _cell(lines: Sequence[str]) -> str:
    return "<br>".join(line.replace("|", "\\|") for line in lines)


def _list_source(title: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    alike: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for each in outcomes:
        alike[_describe(each), each.file].append(f"`{each.adapter}`")
    grouped: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for (lines, file), adapters in alike.items():
        grouped[lines, ", ".join(adapters)].append(file)
    yield f"\n## {title}\n\n"
    yield "| documents | adapter | what becomes of them |\n|---|---|---|\n"
    for (lines, readers), files in sorted(grouped.items(), key=lambda each: each[1]):
        names = [f"`{file.rpartition('/')[2]}`" for file in files]
        told = ", ".join(names)
        if len(files) > _FINDINGS:
            told = f"{len(files)} documents, {names[0]} the first"
        yield f"| {told} | {readers} | {_cell(lines)} |\n"


def build_page(outcomes: Sequence[Outcome]) -> str:
    """The page as the adapters have it."""
    parts = [_HEAD]
    for folder, _, title, _ in SOURCES:
        parts += _list_source(title, [each for each in outcomes if each.folder == folder])
    return "".join(parts)
