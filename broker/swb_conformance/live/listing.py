"""All plays, by profile; they become cases of the engine when they are bound to a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_conformance.live.leading import KINDS
from swb_conformance.live.playing import bind
from swb_conformance.live.plays import (
    again,
    answering,
    arriving,
    incoming,
    line,
    moves,
    refused,
    sending,
    unanswered,
    whole,
    withdrawals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from swb_conformance.live.leading import Kind
    from swb_conformance.live.playing import Play, Plays
    from swb_conformance.live.stage import Stage
    from swb_conformance.testing import SuiteCase

__all__ = ["list_cases", "list_plays"]

_PLAYS: Final[Mapping[str, Sequence[Plays]]] = {
    "gateway": tuple(
        each.PLAYS
        for each in (
            incoming,
            refused,
            unanswered,
            sending,
            answering,
            moves,
            withdrawals,
            again,
            line,
        )
    ),
    "end-to-end": (arriving.PLAYS, whole.PLAYS),
}


def list_plays(profile: str, kinds: Iterable[Kind[Any]] = KINDS.values()) -> tuple[Play, ...]:
    """List the plays of a live profile, in their order, with the kinds that they are played with.

    Args:
        profile: ``gateway`` or ``end-to-end``.
        kinds: Of documents that the gateway exchanges.
    """
    exchanged = list(kinds)
    return tuple(
        cast for plays in _PLAYS[profile] for play in plays.plays for cast in play.cast(exchanged)
    )


def list_cases(profile: str, stage: Stage | None = None) -> tuple[SuiteCase, ...]:
    """List the cases of a live profile.

    Args:
        profile: ``gateway`` or ``end-to-end``.
        stage: Where they are played; None where they are only listed, for a gateway that
            exchanges every kind.
    """
    kinds = stage.material.kinds if stage else KINDS.values()
    return tuple(bind(play, stage) for play in list_plays(profile, kinds))
