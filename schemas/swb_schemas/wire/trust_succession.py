"""What a bundle may follow: nothing goes back, leaps, or forks, also after a restart.

A reader keeps an `Accepted` for each state: which root statement and which list it believed last.
`check_succession` holds a new bundle against that, `remember` makes what is kept next. Pure; where
it is kept is somebody else's.

============  =====================================================================================
attack        what stops it
============  =====================================================================================
rollback      a list comes after the accepted one: root statement first, then number
fork          the same number has the same digest
fast-forward  a list leaps by at most `MAXIMAL_LEAP`, and numbers begin anew under a new root
              statement; of those, each has to be there
freeze        lists and root statements expire, and warn long before
mix           the region's snapshot names the list of each state: an older one is not believed, and
              no state vanishes from it, except under a new root statement of the region
============  =====================================================================================

Who replaces all pinned roots of a state begins anew with it: that is a decision made out of band.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_schemas.wire.root_succession import RootSet
    from swb_schemas.wire.trust import TrustBundle, TrustList

__all__ = ["MAXIMAL_LEAP", "Accepted", "check_list_succession", "check_succession", "remember"]

MAXIMAL_LEAP: Final = 10_000
"""How far a list's number may lie ahead of the accepted one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a reader believed of one state last.

    Attributes:
        pinned: Thumbprints of the first roots.
        root_number: Number of the root statement in force.
        root_digest: Digest of its payload; empty where the pinned roots were never replaced.
        number: Of the list.
        digest: Of the list's payload.
        quorum: How many had to sign the list by its own word; its successor needs as many.
        snapshot: Of the region's list: by state, root number and number of its list.
    """

    pinned: tuple[str, ...]
    root_number: int = 1
    root_digest: str = ""
    number: int
    digest: str
    quorum: int = 1
    snapshot: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def remember(bundle: TrustBundle) -> dict[str, Accepted]:
    """Make what is to be remembered of a bundle, by state."""
    return {
        state: Accepted(
            pinned=bundle.root_sets[state].pinned,
            root_number=each.root_number,
            root_digest=bundle.root_sets[state].digests.get(each.root_number, ""),
            number=each.number,
            digest=each.payload_digest,
            quorum=each.quorum,
            snapshot={
                name: (seen.root_number, seen.number) for name, seen in each.snapshot.items()
            },
        )
        for state, each in bundle.lists.items()
    }


def check_succession(bundle: TrustBundle, accepted: Mapping[str, Accepted]) -> None:
    """Refuse a bundle that goes back behind what was accepted.

    Args:
        bundle: Its signatures are verified.
        accepted: By state, what was believed last.

    Raises:
        RefusedError: ``trust.rolled_back``: an older list or root statement, another one of the
            same number, or none any more. ``trust.fast_forward``: a list's number leaps.
            ``trust.quorum``: fewer roots signed a list than its predecessor asked for.
    """
    for state, before in accepted.items():
        now = bundle.lists.get(state)
        if now is None:
            message = f"expected list number {before.number} of {state} or a later one, found none"
            raise RefusedError("trust.rolled_back", message, actor=Actor.OPERATOR)
        check_list_succession(now, bundle.root_sets[state], before)


def check_list_succession(now: TrustList, roots: RootSet, before: Accepted) -> None:
    """Refuse one state's list that goes back behind the accepted one.

    Raises:
        RefusedError: As `check_succession` does.
    """
    if not set(roots.pinned) & set(before.pinned):
        return
    state = now.state
    known = roots.digests.get(before.root_number, before.root_digest)
    if roots.number < before.root_number or known != before.root_digest:
        message = (
            f"expected root statement {before.root_number} of {state}, "
            f"{before.root_digest or 'the pinned roots'}, in the chain, "
            f"found one that ends with {roots.number}, {known or 'the pinned roots'}"
        )
        raise RefusedError("trust.rolled_back", message, actor=Actor.OPERATOR)
    if state == REGION:
        _check_snapshot(now, before)
    if now.root_number > before.root_number:
        return  # numbers begin anew; `trust_reading` has held it to the last statement
    if now.number < before.number or (
        now.number == before.number and now.payload_digest != before.digest
    ):
        message = (
            f"expected list number {before.number} of {state}, {before.digest}, or a later one, "
            f"found number {now.number}, {now.payload_digest}"
        )
        raise RefusedError("trust.rolled_back", message, actor=Actor.OPERATOR)
    if now.number - before.number > MAXIMAL_LEAP:
        message = (
            f"expected list of {state}, {before.number} or up to {MAXIMAL_LEAP} later, "
            f"found number {now.number}"
        )
        raise RefusedError("trust.fast_forward", message, actor=Actor.OPERATOR)
    if len(now.signers) < before.quorum:
        message = (
            f"the list of {state}: expected {before.quorum} roots to sign, as its predecessor "
            f"asked, found {len(now.signers)}"
        )
        raise RefusedError("trust.quorum", message, actor=Actor.OPERATOR)


def _check_snapshot(now: TrustList, before: Accepted) -> None:
    for state, (root_number, number) in before.snapshot.items():
        seen = now.snapshot.get(state)
        if seen is None and now.root_number > before.root_number:
            continue  # a state leaves the region by a decision of the region's roots
        if seen is None or (seen.root_number, seen.number) < (root_number, number):
            found = f"number {seen.number}" if seen else "none"
            message = (
                f"expected the region to have seen list {number} of {state} or a later one, "
                f"found {found}"
            )
            raise RefusedError("trust.rolled_back", message, actor=Actor.OPERATOR)
