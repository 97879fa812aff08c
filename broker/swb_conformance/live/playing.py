"""A play: one live case, before it is bound to a stage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from swb_conformance.live.acts import ActError, CannotActError
from swb_conformance.live.wire import WireError
from swb_conformance.target import BrokenTargetError
from swb_conformance.testing import Result, Status, SuiteCase, UnmetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swb_conformance.live.leading import Kind
    from swb_conformance.live.stage import Stage
    from swb_conformance.target import Target

__all__ = ["Play", "Plays", "bind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One live case.

    Attributes:
        group: ``PROFILE/GROUP``.
        title: What happens, in words with hyphens.
        requirements: What it tests.
        negative: Whether something wrong is sent, or said to the gateway.
        acts: Whether it needs the national side.
        run: Plays it; raises `UnmetError` where something expected does not come true.
        about: Of which kinds of documents it can be played.
        each: Whether it is played with each of them; otherwise the first stands for all.
        kind: With which it is played; None until it is `cast`.
    """

    group: str
    title: str
    requirements: tuple[str, ...]
    negative: bool
    acts: bool
    run: Callable[[Stage], None]
    about: Callable[[Kind[Any]], bool]
    each: bool
    kind: Kind[Any] | None = None

    @property
    def name(self) -> str:
        """``PROFILE/GROUP/NAME``, or ``PROFILE/GROUP/KIND/NAME`` where it is played with each."""
        words = (self.group, self.kind.name if self.each and self.kind else "", self.title)
        return "/".join(filter(None, words))

    def cast(self, kinds: Sequence[Kind[Any]]) -> Iterator[Play]:
        """Yield the play with each kind that it is played with."""
        found = [kind for kind in kinds if self.about(kind)]
        for kind in found if self.each else found[:1]:
            yield replace(self, kind=kind)


@dataclass
class Plays:
    """The plays of one module, in their order.

    Attributes:
        group: ``PROFILE/GROUP``.
        plays: What was added.
    """

    group: str
    plays: list[Play] = field(default_factory=list)

    def add(
        self,
        *requirements: str,
        negative: bool = False,
        acts: bool = False,
        about: Callable[[Kind[Any]], bool] = lambda _: True,
        each: bool = False,
    ) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
        """Add a function as a play: its name, with hyphens, is the play's. See `Play`."""

        def keep(run: Callable[[Stage], None]) -> Callable[[Stage], None]:
            self.plays.append(
                Play(
                    group=self.group,
                    title=run.__name__.replace("_", "-"),
                    requirements=requirements,
                    negative=negative,
                    acts=acts,
                    run=run,
                    about=about,
                    each=each,
                )
            )
            return run

        return keep


def bind(play: Play, stage: Stage | None) -> SuiteCase:
    """Make a case of a play.

    Args:
        play: Which.
        stage: Where it is played; None where cases are only listed.
    """

    def try_on(target: Target) -> Result:
        del target  # the stage is before it
        if stage is None:
            message = "expected a stage"
            raise BrokenTargetError(message)
        return _try(play, stage)

    return SuiteCase(
        name=play.name,
        requirements=play.requirements,
        negative=play.negative,
        try_on=try_on,
    )


def _try(play: Play, stage: Stage) -> Result:
    try:
        stage.begin(play.kind)
        play.run(stage)
    except UnmetError as unmet:
        return Result(status=Status.FAILED, reason=str(unmet), evidence=unmet.evidence)
    except CannotActError as reason:
        return Result(status=Status.SKIPPED, reason=str(reason))
    except ActError as reason:
        return Result(status=Status.FAILED, reason=str(reason), evidence=stage.unmet("").evidence)
    except WireError as reason:
        stage.wire.close()
        message = f"the line: {reason}"
        raise BrokenTargetError(message) from reason
    return Result(status=Status.PASSED)
