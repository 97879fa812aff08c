"""The vectors about documents that are checked by the agreements' rules, as data."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Verdict
from swb_conformance.folders import load_group, require_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from swb_conformance.folders import Files

__all__ = ["ExpectedFinding", "RuleCase", "load_rule_cases"]

GROUP: Final = "rules"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ExpectedFinding:
    """What must be found.

    Attributes:
        code: Of the finding.
        severity: ``refuse`` or ``warn``.
        path: Where, as element names from the root with positions that begin with 1.
    """

    code: str
    severity: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """One vector.

    Attributes:
        name: Path below ``vectors/``.
        requirements: Ids of those that it is there for.
        clause: What asks for it.
        at: The judging moment.
        place: Who judges: ``issuer``, ``intermediate-issuer`` or ``importer``.
        message_type: Of the document, in the catalogue.
        verdict: Whether the document may go on.
        code: Of the first finding that refuses; empty where none does.
        findings: All that must be found, and nothing else.
        subject_path: The document.
        known: What the register knows, with files in the place of documents.
        files: Octets by path.
    """

    name: str
    requirements: tuple[str, ...]
    clause: str
    at: datetime
    place: str
    message_type: str
    verdict: Verdict
    code: str
    findings: tuple[ExpectedFinding, ...]
    subject_path: str
    known: Sequence[Mapping[str, Any]]
    files: Mapping[str, bytes]

    @property
    def subject(self) -> bytes:
        """The document that is checked."""
        return self.files[self.subject_path]

    @property
    def related(self) -> list[dict[str, Any]]:
        """What the register knows, as a request has it (`swb_schemas.rulebook.told`)."""
        return self._fill(self.known)

    def _fill(self, known: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Put documents in the place of their files."""
        filled = []
        for each in known:
            members = dict(each)
            if "document" in members:
                octets = self.files[members["document"]]
                members["document"] = base64.b64encode(octets).decode()
            if "beside" in members:
                members["beside"] = self._fill(members["beside"])
            if "limit" in members:
                members.setdefault("came_at", None)
            filled.append(members)
        return filled


def load_rule_cases() -> tuple[RuleCase, ...]:
    """Read the vectors about rules, in order of name.

    Raises:
        RefusedError: ``vector.malformed``.
    """
    return load_group(GROUP, _build)


def _build(name: str, told: Mapping[str, Any], files: Files) -> RuleCase:
    told = {"related": (), **told}
    require_keys(
        told,
        "requirements",
        "clause",
        "at",
        "place",
        "message_type",
        "subject",
        "related",
        "expect",
    )
    expect = {"findings": (), **told["expect"]}
    require_keys(expect, "verdict", "code", "findings")
    return RuleCase(
        name=name,
        requirements=tuple(told["requirements"]),
        clause=told["clause"],
        at=told["at"],
        place=told["place"],
        message_type=told["message_type"],
        verdict=Verdict(expect["verdict"]),
        code=expect["code"],
        findings=tuple(ExpectedFinding(**each) for each in expect["findings"]),
        subject_path=told["subject"],
        known=tuple(told["related"]),
        files=files,
    )
