"""Whom to trust at which moment, years later: the auditor's bundle, and older lists beside it.

What was signed is judged by lists that were in force when it is proven to have existed. The
auditor's own bundle comes first: later lists keep the entries of earlier ones, and say what has
been learnt of keys since. Lists in the container are used where they are newer than the auditor's,
or where the auditor's had expired, and only when the auditor's own roots signed them (with the
root statements that lead on from there), none is older than the auditor's, and all were in force
at that moment. So a container can bring an auditor forward, never back. Roots in it are not looked
at, and what the auditor knows against a certificate holds whichever lists are used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError
from swb_schemas.wire.kept_answers import lay_revocations
from swb_schemas.wire.trust_list import BundleForm, parse_form
from swb_schemas.wire.trust_reading import parse_trust_bundle

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
            key=_sum_numbers,
            default=self.own,
        )
        if _sum_numbers(latest) <= _sum_numbers(self.own):
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
        return all(
            state in bundle.lists
            and bundle.lists[state].number >= own.number
            and bundle.lists[state].issued_at <= moment <= bundle.lists[state].expires_at
            for state, own in self.own.lists.items()
        )


def _sum_numbers(bundle: TrustBundle) -> int:
    return sum(each.number for each in bundle.lists.values())


def read_trust_history(own: bytes, others: Mapping[str, bytes]) -> TrustHistory:
    """Read the auditor's bundle, and lists of others under its roots.

    Args:
        own: The auditor's bundle.
        others: Bundles out of the container, by file.

    Raises:
        RefusedError: The auditor's own bundle does not hold.
    """
    read: list[TrustBundle] = []
    unusable: dict[str, str] = {}
    for name, raw in sorted(others.items()):
        try:
            read.append(parse_trust_bundle(_put_under_own_roots(own, raw)))
        except RefusedError as error:
            unusable[name] = error.code
    return TrustHistory(own=parse_trust_bundle(own), others=read, unusable=unusable)


def _put_under_own_roots(own: bytes, other: bytes) -> bytes:
    """Make a bundle of one's own pins and another's lists and root statements."""
    pinned = parse_form(BundleForm, own, code="trust.malformed", limit=_LIMIT)
    found = parse_form(BundleForm, other, code="trust.malformed", limit=_LIMIT)
    members = {
        "format": pinned.format,
        "environment": pinned.environment,
        "roots": {state: list(texts) for state, texts in pinned.roots.items()},
        "quorums": pinned.quorums,
        "rootStatements": {
            state: list(chain)
            for state, chain in (
                (state, _choose_chain(pinned.root_statements, found.root_statements, state))
                for state in pinned.roots
            )
            if chain
        },
        "lists": {state: found.lists[state] for state in found.lists if state in pinned.roots},
    }
    return json.dumps(members).encode()


def _choose_chain(
    one: Mapping[str, tuple[dict[str, object], ...]],
    other: Mapping[str, tuple[dict[str, object], ...]],
    state: str,
) -> tuple[dict[str, object], ...]:
    """The other's chain of root statements; one's own where the other has none."""
    return other.get(state) or one.get(state, ())
