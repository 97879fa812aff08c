"""JUnit XML, as build servers read it: one test suite, one test case for each case.

There is no standard; this is what Jenkins and GitLab take. A known deviation counts as skipped,
with its reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from swb_conformance.events import Standing

if TYPE_CHECKING:
    from swb_conformance.events import CaseEnded
    from swb_conformance.report import Report

__all__ = ["render_junit"]

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST: Final = 20_000


def render_junit(report: Report) -> bytes:
    """Write a report as JUnit XML, in UTF-8."""
    skipped = report.count(Standing.SKIPPED) + report.count(Standing.DEVIATING)
    counts = {
        "tests": str(len(report.cases)),
        "failures": str(report.count(Standing.FAILED)),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{report.ended.seconds:.3f}",
    }
    name = f"swb conformance {report.started.profile}"
    root = etree.Element("testsuites", {"name": _clean(name), **counts})
    suite = etree.SubElement(
        root,
        "testsuite",
        {
            "name": _clean(f"{report.started.profile} of {report.started.target}"),
            "timestamp": f"{report.started.at:%Y-%m-%dT%H:%M:%S}",
            **counts,
        },
    )
    for case in report.cases:
        _add_case(suite, case, report)
    octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return octets


def _add_case(suite: etree._Element, case: CaseEnded, report: Report) -> None:
    group, _, name = case.name.rpartition("/")
    told = {"classname": group.replace("/", "."), "name": name, "time": f"{case.seconds:.3f}"}
    element = etree.SubElement(suite, "testcase", {key: _clean(each) for key, each in told.items()})
    properties = etree.SubElement(element, "properties")
    for each in case.requirements:
        etree.SubElement(properties, "property", {"name": "requirement", "value": each})
    if case.standing is Standing.FAILED:
        failure = etree.SubElement(element, "failure", {"message": _clean(case.reason[:500])})
        failure.text = _clean(_spell(case, report))
    elif case.standing is not Standing.PASSED:
        why = f"known deviation: {case.deviation}" if case.deviation is not None else case.reason
        etree.SubElement(element, "skipped", {"message": _clean(why[:500])})


def _spell(case: CaseEnded, report: Report) -> str:
    parts = [case.reason, f"again: {report.spell_repeat(case)}"]
    for each in case.evidence:
        text = each.octets[:_LONGEST].decode("utf-8", "backslashreplace")
        parts.append(f"--- {each.name}\n{text}")
    return "\n".join(parts)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
