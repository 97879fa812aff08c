"""All plays, by profile; they become cases of the engine when they are bound to a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swb_conformance.live.playing import Play, Plays
    from swb_conformance.live.stage import Stage
    from swb_conformance.testing import SuiteCase

__all__ = ["list_cases", "list_plays"]

_PLAYS: Final[Mapping[str, Sequence[Plays]]] = {
    "gateway": tuple(
        each.PLAYS
        for each in (incoming, refused, unanswered, sending, answering, moves, again, line)
    ),
    "end-to-end": (arriving.PLAYS, whole.PLAYS),
}


def list_plays(profile: str) -> tuple[Play, ...]:
    """List the plays of a live profile, in their order."""
    return tuple(play for plays in _PLAYS[profile] for play in plays.plays)


def list_cases(profile: str, stage: Stage | None = None) -> tuple[SuiteCase, ...]:
    """List the cases of a live profile.

    Args:
        profile: ``gateway`` or ``end-to-end``.
        stage: Where they are played; None where they are only listed.
    """
    return tuple(bind(play, stage) for play in list_plays(profile))
