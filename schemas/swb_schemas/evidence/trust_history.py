"""Whom to trust at which moment, years later: the auditor's bundle, and older lists beside it.

What was signed is judged by lists that were in force when it is proven to have existed. The
auditor's own bundle comes first: later lists keep the entries of earlier ones, and say what has
been learnt of keys since. Lists in the container are used where they are newer than the auditor's,
or where the auditor's had expired, and only when the auditor's own roots signed them, or roots to
which root statements lead on from where the auditor's own statements end. They must follow the
auditor's as any update must (`trust_succession`), and all have been in force at that moment. So a
container can bring an auditor forward, never back and never aside. Roots in it are not looked at,
nor is another story of what came before; what the auditor knows against a certificate holds
whichever lists are used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.wire.jws import read_unverified_jws
from swb_schemas.wire.kept_answers import lay_revocations
from swb_schemas.wire.root_succession import (
    STATEMENT_LIMIT,
    extend_root_chain,
    parse_root_statement,
)
from swb_schemas.wire.trust_list import BundleForm, parse_form
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.wire.trust_succession import check_succession, remember

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb_schemas.wire.revocation import RevocationAnswer
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["TrustHistory", "read_trust_history"]

_LIMIT: Final = 100_000_000


@dataclass(slots=True, kw_only=True)
class TrustHistory:
    """Bundles, all of them under the auditor's roots.

    Attributes:
        own: The auditor's.
        others: Out of the container.
        unusable: By file of the container: why its lists do not count.
        used_others: Whether lists out of the container were needed.
    """

    own: TrustBundle
    others: Sequence[TrustBundle] = ()
    unusable: Mapping[str, str] = field(default_factory=dict)
    used_others: bool = False

    def at(self, moment: datetime) -> TrustBundle:
        """Give the bundle to judge by what is proven to have existed at a moment."""
        latest = max(
            (each for each in self.others if self._may_serve(each, moment)),
            key=_rank,
            default=self.own,
        )
        if _rank(latest) <= _rank(self.own):
            return self.own
        self.used_others = True
        return latest.with_statuses(self.own.statuses)

    def with_answers(self, answers: Sequence[RevocationAnswer], *, at: datetime) -> TrustHistory:
        """Know, too, what revocation answers out of the container revoke.

        Args:
            answers: In any order.
            at: The judging moment.
        """
        own, *others = (lay_revocations(each, answers, at=at) for each in (self.own, *self.others))
        return replace(self, own=own, others=others)

    def _may_serve(self, bundle: TrustBundle, moment: datetime) -> bool:
        """Whether lists that follow the auditor's were all in force."""
        return all(
            bundle.lists[state].issued_at <= moment <= bundle.lists[state].expires_at
            for state in self.own.lists
        )


def _rank(bundle: TrustBundle) -> tuple[int, int]:
    """Later lists rank higher; under a new root statement their numbers begin anew."""
    return (
        sum(each.root_number for each in bundle.lists.values()),
        sum(each.number for each in bundle.lists.values()),
    )


def read_trust_history(own: bytes, others: Mapping[str, bytes]) -> TrustHistory:
    """Read the auditor's bundle, and lists of others under its roots.

    Args:
        own: The auditor's bundle.
        others: Bundles out of the container, by file.

    Raises:
        RefusedError: The auditor's own bundle does not hold.
    """
    mine = parse_trust_bundle(own)
    read: list[TrustBundle] = []
    unusable: dict[str, str] = {}
    for name, raw in sorted(others.items()):
        try:
            found = parse_trust_bundle(_put_under_own_roots(mine, own, raw))
            if not _is_older(found, mine):
                check_succession(found, remember(mine))
                read.append(found)
        except RefusedError as error:
            unusable[name] = error.code
    return TrustHistory(own=mine, others=read, unusable=unusable)


def _is_older(found: TrustBundle, mine: TrustBundle) -> bool:
    """Whether the auditor's bundle follows this one, which then has nothing to add."""
    if remember(found) == remember(mine):
        return True
    try:
        check_succession(mine, remember(found))
    except RefusedError:
        return False
    return set(found.lists) == set(mine.lists)


def _put_under_own_roots(mine: TrustBundle, own: bytes, other: bytes) -> bytes:
    """Make a bundle of one's own pins and another's lists, and root statements that go on."""
    pinned = parse_form(BundleForm, own, code="trust.malformed", limit=_LIMIT)
    found = parse_form(BundleForm, other, code="trust.malformed", limit=_LIMIT)
    chains = {
        state: _extend_chain(
            mine,
            pinned.root_statements.get(state, ()),
            found.root_statements.get(state, ()),
            state,
        )
        for state in pinned.roots
    }
    members = {
        "format": pinned.format,
        "environment": pinned.environment,
        "roots": {state: list(texts) for state, texts in pinned.roots.items()},
        "quorums": pinned.quorums,
        "rootStatements": {state: list(chain) for state, chain in chains.items() if chain},
        "lists": {state: found.lists[state] for state in found.lists if state in pinned.roots},
    }
    return json.dumps(members).encode()


def _extend_chain(
    mine: TrustBundle,
    one: tuple[dict[str, object], ...],
    other: tuple[dict[str, object], ...],
    state: str,
) -> tuple[dict[str, object], ...]:
    """One's own chain of root statements, and what the other's adds at its end.

    Where it adds nothing, and every statement in it is one's own, the other's: older lists were
    made under that.

    Raises:
        RefusedError: ``trust.rolled_back``: the other's chain forks off; what `extend_root_chain`
            raises.
    """
    roots = mine.root_sets[state]
    extended = extend_root_chain(roots, other, state=state, environment=mine.environment)
    if extended.number == roots.number:
        return other
    added = []
    for members in other:
        payload, _ = read_unverified_jws(members, code="trust", limit=STATEMENT_LIMIT)
        if not one or parse_root_statement(payload).number > roots.number:
            added.append(members)
    return (*one, *added)
