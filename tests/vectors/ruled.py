"""The vectors about rules: every named case of the rule book, as folders."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.requirements import load_requirements
from swb_schemas.catalogue import find_type_of
from swb_schemas.error_codes import load_error_codes
from swb_schemas.findings import Severity
from swb_schemas.rulebook import Place, find_by_rule
from swb_schemas.xml import encode
from tests.rulebook.table import CASES
from tests.vectors.bordering import list_borders
from tests.vectors.telling import tell_related

if TYPE_CHECKING:
    from swb_schemas.findings import Finding
    from swb_schemas.rulebook import Rule
    from tests.rulebook.case import Case

__all__ = ["render_rules", "to_folder_name"]

_NOON: Final = time(12, tzinfo=UTC)
"""The same day in every state of the region."""
_ROOT: Final = re.compile(r"<([A-Za-z]+)")
_PLACES: Final = {
    Place.ISSUER: "where it is issued",
    Place.INTERMEDIATE_ISSUER: "where it is issued, in the intermediate state",
    Place.IMPORTER: "where it is received",
}
_ELSEWHERE: Final = "RUL-088"
_BY_DATE: Final = "RUL-089"


@dataclass
class _Writing:
    """One vector in the making.

    Attributes:
        name: In the table of cases.
        case: As it stands there.
        found: What is found, and by which lines of the book.
        files: By path below ``vectors/``.
    """

    name: str
    case: Case
    found: list[tuple[Rule, Finding]]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def refusing(self) -> list[Finding]:
        """The findings that refuse at that place."""
        return [finding for _, finding in self.found if self.case.place.refuses(finding)]

    @property
    def folder(self) -> str:
        """The folder's name tells the verdict."""
        verb = "refuses" if self.refusing else "advises-on" if self.found else "accepts"
        return f"rules/{verb}-{to_folder_name(self.name)}"

    @property
    def codes(self) -> tuple[str, ...]:
        """What is found, or what the document is at the border of."""
        if self.found:
            return tuple(dict.fromkeys(finding.code for _, finding in self.found))
        return list_borders()[self.name]

    def write(self) -> dict[str, bytes]:
        """Write its files."""
        self.files[f"{self.folder}/input/document.xml"] = encode(self.case.document)
        self.files[f"{self.folder}/case.toml"] = "\n".join(self._tell()).encode() + b"\n"
        self.files[f"{self.folder}/README.md"] = self._explain().encode()
        return self.files

    def _tell(self) -> list[str]:
        case, refusing = self.case, self.refusing
        told = [
            f"requirements = {json.dumps(self._requirements())}",
            f"clause = {json.dumps(self._clause())}",
            f"at = {datetime.combine(case.at, _NOON):%Y-%m-%dT%H:%M:%SZ}",
            f'place = "{case.place}"',
            f'message_type = "{find_type_of(case.document).message_type}"',
            'subject = "input/document.xml"',
        ]
        for known in tell_related(case.related):
            told += ["", "[[related]]", *_spell(self._store(known))]
        told += [
            "",
            "[expect]",
            f'verdict = "{"refused" if refusing else "accepted"}"',
            f'code = "{refusing[0].code if refusing else ""}"',
        ]
        for _, finding in self.found:
            told += [
                "",
                "[[expect.findings]]",
                f'code = "{finding.code}"',
                f'severity = "{finding.severity}"',
                f'path = "{finding.path}"',
            ]
        return told

    def _requirements(self) -> list[str]:
        by_code = {code: each.id for each in load_requirements().values() for code in each.codes}
        named = [by_code[code] for code in self.codes]
        if self.case.place is Place.IMPORTER and any(
            finding.severity is Severity.REFUSE for _, finding in self.found
        ):
            named.append(_ELSEWHERE)
        if any(rule.valid_from or rule.valid_until for rule, _ in self.found):
            named.append(_BY_DATE)
        return named

    def _clause(self) -> str:
        clauses = [finding.clause for _, finding in self.found] or [
            each.clause for each in load_requirements().values() if set(each.codes) & {*self.codes}
        ]
        return "; ".join(dict.fromkeys(clauses))

    def _store(self, known: dict[str, Any]) -> dict[str, Any]:
        """Put files in the place of documents; the same document is kept once for all."""
        stored = dict(known)
        if "document" in stored:
            octets = base64.b64decode(stored["document"])
            root = _ROOT.match(octets.decode())
            assert root
            path = f"material/register/{root[1]}-{hashlib.sha256(octets).hexdigest()[:12]}.xml"
            self.files[path] = octets
            stored["document"] = path
        if "beside" in stored:
            stored["beside"] = [self._store(each) for each in stored["beside"]]
        return stored

    def _explain(self) -> str:
        """Say why it is there."""
        case, codes = self.case, load_error_codes()
        title = self.folder.removeprefix("rules/").replace("-", " ").capitalize()
        told = [f"Judged on {case.at}, {_PLACES[case.place]}."]
        for code in self.codes:
            begun = "Found" if self.found else "At the border of, and kept"
            told.append(f"{begun}: `{code}`. {codes[code].meaning}")
        text = "\n\n".join(textwrap.fill(each, width=98) for each in told)
        return f"# {title}\n\n{text}\n\nClause: {self._clause()}.\n"


def render_rules() -> dict[str, bytes]:
    """Write all vectors about rules, by path below ``vectors/``."""
    written: dict[str, bytes] = {}
    for name, case in CASES.items():
        found = find_by_rule(case.document, at=case.at, place=case.place, related=case.related)
        one = _Writing(name, case, list(found))
        if f"{one.folder}/case.toml" in written:
            message = f"two vectors are called {one.folder}"
            raise ValueError(message)
        written |= one.write()
    return written


def to_folder_name(text: str) -> str:
    """Spell a sentence as the name of a folder."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _spell(known: dict[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in known.items() if value is not None]


def _value(value: object) -> str:
    if isinstance(value, list):
        entries = ("{" + ", ".join(_spell(each)) + "}" for each in value)
        return f"[{', '.join(entries)}]"
    return json.dumps(value)
