"""Judge stored certificates by another edition of the rules, and say what would change.

Each certificate is judged as it was when this store took it: on that day, by the side that it was
for. What only the register knows (numbers, originals, what was re-exported) is not asked, and those
rules are silent in both editions. Nothing is written, sent or refused because of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Severity
from swb_schemas.rulebook import RULES, Place, build_rules, find_by_rule, get_place_of_issue
from swb_schemas.rulebook.edition import read_pack
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from swb_schemas.findings import Finding
    from swb_schemas.rulebook import Rule

__all__ = ["Change", "Shadow", "Shadowed", "Stored", "list_changes"]

_EXAMPLES: Final = 5

Found: TypeAlias = "tuple[Rule, Finding]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A sealed document as the store has it.

    Attributes:
        octets: The sealed document.
        taken_on: The day on which the store took it.
        sent: Whether this side issued it.
    """

    octets: bytes
    taken_on: date
    sent: bool


@dataclass(slots=True)
class Change:
    """What would change because of one clause of one rule.

    Attributes:
        appears: Certificates in which it would be found, and is not.
        vanishes: Certificates in which it is found, and would not be.
        weighs_more: Certificates in which it would refuse, and warns.
        weighs_less: Certificates in which it would warn, and refuses.
        examples: Keys of some.
    """

    appears: int = 0
    vanishes: int = 0
    weighs_more: int = 0
    weighs_less: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, other: Change) -> None:
        """Put two counts together."""
        self.appears += other.appears
        self.vanishes += other.vanishes
        self.weighs_more += other.weighs_more
        self.weighs_less += other.weighs_less
        self.examples = (self.examples + other.examples)[:_EXAMPLES]


@dataclass(slots=True)
class Shadowed:
    """What a run found.

    Attributes:
        certificates: That were judged.
        changed: In which anything would change.
        refused_now: With a finding that refuses at its issuer, by this version's rules.
        refused_then: The same by the other edition.
        changes: By clause and code of the rule.
    """

    certificates: int = 0
    changed: int = 0
    refused_now: int = 0
    refused_then: int = 0
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)

    def add(self, other: Shadowed) -> None:
        """Put what two processes found together."""
        self.certificates += other.certificates
        self.changed += other.changed
        self.refused_now += other.refused_now
        self.refused_then += other.refused_then
        for key, change in other.changes.items():
            self.changes.setdefault(key, Change()).add(change)


class Shadow:
    """Judges by two editions.

    Args:
        pack: The other edition, as `read_pack` takes it.

    Raises:
        RefusedError: ``rules.pack_malformed``.
    """

    def __init__(self, pack: bytes) -> None:
        edition = read_pack(pack)
        self.title = edition.title
        self._rules: tuple[Rule, ...] = build_rules(edition)

    def judge(self, batch: Iterable[Stored]) -> Shadowed:
        """Judge some documents; what is no certificate of origin is passed over."""
        found = Shadowed()
        for stored in batch:
            _, document = read_kept(stored.octets)
            if isinstance(document, CertificateOfOrigin):
                self._compare(document, stored, found)
        return found

    def _compare(self, document: CertificateOfOrigin, stored: Stored, found: Shadowed) -> None:
        place = get_place_of_issue(document) if stored.sent else Place.IMPORTER
        now, then = (
            list(find_by_rule(document, at=stored.taken_on, place=place, rules=rules))
            for rules in (RULES, self._rules)
        )
        found.certificates += 1
        found.refused_now += _refuses(now)
        found.refused_then += _refuses(then)
        changes = list_changes(now, then)
        found.changed += bool(changes)
        for key, change in changes.items():
            change.examples.append(str(document.key))
            found.changes.setdefault(key, Change()).add(change)


def _refuses(found: Iterable[Found]) -> bool:
    return any(finding.severity is Severity.REFUSE for _, finding in found)


def list_changes(now: Iterable[Found], then: Iterable[Found]) -> dict[tuple[str, str], Change]:
    """Compare line by line: a certificate counts once, however many items it concerns.

    Several lines of the book may share a code, each with its clause, which is spelled as in this
    version where both editions have the line. A line may be found at new places and no more at
    others: then it both appears and vanishes.

    Args:
        now: What is found by this version's rules, each with its line.
        then: What is found by the other edition's.
    """
    lines: dict[str, tuple[str, str]] = {}
    old, new = _sort(now, lines), _sort(then, lines)
    changes: dict[tuple[str, str], Change] = {}
    for line in lines.values():
        before, after = old.get(line, {}), new.get(line, {})
        refused, refuses = (Severity.REFUSE in each.values() for each in (before, after))
        if before and after and refused is not refuses:
            changes[line] = Change(weighs_more=refuses, weighs_less=refused)
        elif before.keys() != after.keys():
            changes[line] = Change(
                appears=int(bool(after.keys() - before.keys())),
                vanishes=int(bool(before.keys() - after.keys())),
            )
    return changes


def _sort(
    found: Iterable[Found], lines: dict[str, tuple[str, str]]
) -> dict[tuple[str, str], dict[str, Severity]]:
    """Sort findings by line, as `lines` tells: where each was found, and how much it weighs."""
    sorted_by: defaultdict[tuple[str, str], dict[str, Severity]] = defaultdict(dict)
    for rule, finding in found:
        line = lines.setdefault(rule.id, (rule.clause, rule.code))
        sorted_by[line][finding.path] = finding.severity
    return sorted_by
