"""One HTML file that a ministry can put into its records.

Everything is in it: no script, no font, no picture, no address is fetched, and it opens from a
file in any browser of the last ten years, in light and dark, and on paper.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from swb_conformance.events import Standing
from swb_conformance.requirements import load_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_conformance.events import CaseEnded
    from swb_conformance.report import Report

__all__ = ["render_html"]

_LONGEST: Final = 20_000
"""Characters of one piece of evidence; the JSON report has all."""
_MOST_SHOWN: Final = 200
"""Failures that are shown with their evidence; the JSON report has all."""
_WORDS: Final = {
    Standing.PASSED: "passed",
    Standing.FAILED: "failed",
    Standing.SKIPPED: "skipped",
    Standing.DEVIATING: "known deviation",
}


def render_html(report: Report) -> bytes:
    """Write a report as one HTML file, in UTF-8."""
    style = (files("swb_conformance.reporters") / "report.css").read_text(encoding="utf-8")
    title = f"Conformance report: {report.started.profile}, {report.started.target}"
    body = "\n".join(_spell_body(report))
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_text(title)}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
    return page.encode("utf-8", "backslashreplace")


def _spell_body(report: Report) -> Iterator[str]:
    yield "<header>"
    yield "<p class='kind'>Single-Window Broker, conformance suite</p>"
    yield f"<h1>Conformance report: profile {_text(report.started.profile)}</h1>"
    yield _spell_verdict(report)
    yield "</header>"
    yield "<main>"
    yield "<h2>What was tried</h2>"
    yield from _spell_facts(report)
    yield "<h2>Result</h2>"
    yield from _spell_counts(report)
    yield "<h2>Requirements</h2>"
    yield from _spell_requirements(report)
    failed = [case for case in report.cases if case.standing is Standing.FAILED]
    yield "<h2>Failures</h2>"
    if not failed:
        yield "<p>None.</p>"
    for case in failed[:_MOST_SHOWN]:
        yield from _spell_failure(report, case)
    if len(failed) > _MOST_SHOWN:
        left = len(failed) - _MOST_SHOWN
        yield f"<p>{left:,} more failures stand in the JSON report.</p>"
    deviating = [case for case in report.cases if case.standing is Standing.DEVIATING]
    if deviating:
        yield "<h2>Known deviations</h2>"
        for case in deviating:
            yield from _spell_failure(report, case)
    yield "<h2>Cases</h2>"
    yield from _spell_cases(report)
    yield "</main>"
    yield (
        "<footer><p>ASEAN's own message guide is not public. Names, namespaces and codes of the "
        "wire are those of the Single-Window Broker; clauses name where a requirement is written. "
        "Keys and documents of the suite are invented and of the environment test.</p></footer>"
    )


def _spell_verdict(report: Report) -> str:
    if report.unshown and not report.count(Standing.FAILED):
        word, kind = f"Incomplete: nothing shows {', '.join(report.unshown)}", "failed"
    elif not report.passes:
        word, kind = "Does not conform", "failed"
    elif not report.is_complete:
        word, kind = "Passes the part that was tried", "skipped"
    elif report.count(Standing.DEVIATING):
        word, kind = "Conforms, with known deviations", "deviating"
    else:
        word, kind = "Conforms", "passed"
    why = f" <span>({_text(report.ended.cut_short)})</span>" if report.ended.cut_short else ""
    return f"<p class='verdict {kind}'>{word}{why}</p>"


def _spell_told_again(report: Report) -> str:
    times = sorted(each.told_at for each in report.cases if each.told_at is not None)
    if not times:
        return ""
    return f"{len(times):,} case(s) that ended in an earlier sitting, from {times[0]:%F} on"


def _spell_samples(report: Report) -> str:
    if report.started.profile != "adapter":
        return ""
    count = report.started.samples
    return f"{count:,} given" if count else "none given: only documents of the suite were carried"


def _spell_facts(report: Report) -> Iterator[str]:
    started = report.started
    said = started.description
    facts = {
        "Target": started.target,
        "Describes itself as": " ".join(
            str(said[name])[:200] for name in ("name", "version") if said.get(name)
        )
        or "nothing",
        "System": str(said.get("system", ""))[:500],
        "Format known": str(said.get("provenance", ""))[:60],
        "Profile": started.profile,
        "Document types": "; ".join(map(str, report.types)) or "none named: tried with all",
        "Not carried, not tried": ", ".join(report.left_out),
        "Suite": f"version {report.suite}",
        "Begun": f"{started.at:%Y-%m-%d %H:%M:%S} UTC",
        "Told again": _spell_told_again(report),
        "Took": f"{report.ended.seconds:,.1f} seconds",
        "Seed": f"{started.seed}, {'drawn for this run' if started.seed_drawn else 'given'}",
        "National files": _spell_samples(report),
        "Left aside by the description": ", ".join(report.left_aside),
        "Part": "" if started.shard == "1/1" else started.shard,
        "Narrowed to": ", ".join(started.only),
        "Target broke": f"{report.broke} times" if report.broke else "",
    }
    yield "<dl>"
    for name, each in facts.items():
        if each:
            yield f"<dt>{_text(name)}</dt><dd>{_text(each)}</dd>"
    yield "</dl>"


def _spell_counts(report: Report) -> Iterator[str]:
    yield "<ul class='counts'>"
    for each in Standing:
        yield f"<li class='{each}'><b>{report.count(each):,}</b> {_WORDS[each]}</li>"
    count, negative = len(report.cases), sum(case.negative for case in report.cases)
    word = "case" if count == 1 else "cases"
    yield f"<li><b>{count:,}</b> {word}, {negative:,} of them negative</li>"
    yield "</ul>"


def _spell_failure(report: Report, case: CaseEnded) -> Iterator[str]:
    yield f"<article class='{case.standing}' id='{_anchor(case)}'>"
    yield f"<h3>{_text(case.name)}</h3>"
    yield f"<p>{_text(case.reason)}</p>"
    if case.deviation is not None:
        told = f"Known deviation until {case.deviation.until}: {case.deviation.reason}"
        yield f"<p>{_text(told)}</p>"
    known = load_requirements()
    yield "<ul>"
    for name in case.requirements:
        if name in known:
            each = known[name]
            yield f"<li><b>{_text(name)}</b> {_text(each.text)} <i>{_text(each.clause)}</i></li>"
    yield "</ul>"
    yield f"<p>Try it again:</p><pre>{_text(report.spell_repeat(case))}</pre>"
    for piece in case.evidence:
        text = piece.octets[:_LONGEST].decode("utf-8", "backslashreplace")
        more = " (cut)" if len(piece.octets) > _LONGEST else ""
        yield f"<details><summary>{_text(piece.name)}{more}</summary>"
        yield f"<pre>{_text(text)}</pre></details>"
    yield "</article>"


def _spell_requirements(report: Report) -> Iterator[str]:
    yield (
        "<table><thead><tr><th>Requirement</th><th>What is required</th><th>Clause</th>"
        "<th class='figure'>Cases</th><th>Result</th></tr></thead><tbody>"
    )
    for each in report.list_requirements():
        passed = sum(case.standing is Standing.PASSED for case in each.cases)
        yield (
            f"<tr class='{each.standing}'><td>{_text(each.requirement.id)}</td>"
            f"<td>{_text(each.requirement.text)}</td><td>{_text(each.requirement.clause)}</td>"
            f"<td class='figure'>{passed:,} of {len(each.cases):,}</td>"
            f"<td class='standing'>{_WORDS[each.standing]}</td></tr>"
        )
    yield "</tbody></table>"


def _spell_cases(report: Report) -> Iterator[str]:
    yield "<details><summary>All cases, in the order in which they were tried</summary>"
    yield (
        "<table><thead><tr><th>Case</th><th>Requirements</th><th class='figure'>Seconds</th>"
        "<th>Result</th></tr></thead><tbody>"
    )
    failed = [case.name for case in report.cases if case.standing is Standing.FAILED]
    shown = set(failed[:_MOST_SHOWN])
    for case in report.cases:
        name = _text(case.name)
        if case.name in shown:
            name = f"<a href='#{_anchor(case)}'>{name}</a>"
        why = f": {_text(case.reason)}" if case.standing is Standing.SKIPPED else ""
        yield (
            f"<tr class='{case.standing}'><td>{name}</td>"
            f"<td>{_text(' '.join(case.requirements))}</td>"
            f"<td class='figure'>{case.seconds:.3f}</td>"
            f"<td class='standing'>{_WORDS[case.standing]}{why}</td></tr>"
        )
    yield "</tbody></table></details>"


def _anchor(case: CaseEnded) -> str:
    return "".join(each if each.isalnum() and each.isascii() else "-" for each in case.name)


def _text(text: str) -> str:
    printable = "".join(each if each.isprintable() or each in "\n\t" else "\ufffd" for each in text)
    return escape(printable, quote=True)
