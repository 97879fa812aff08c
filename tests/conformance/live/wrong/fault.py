"""What is wrong with a gateway: one thing of our own, and the case by which the suite notices it.

Only what our gateway does is changed, never what the suite judges by: both share
`swb_schemas`, so that a fault there would blind whoever has to notice it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from swb.services.sealing import Sealer
from swb_schemas.errors import RefusedError
from tests.conformance.faulty.fault import take

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from swb.services.sealing import Route, Sent
    from swb_schemas.documents import Document

__all__ = ["Change", "SwitchOn", "Wrong", "forgiving", "routing", "sealing", "silencing"]

SwitchOn = Callable[["pytest.MonkeyPatch"], None]
Change = Callable[["Document", "Route"], "tuple[Document, Route]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that a gateway does wrong.

    Attributes:
        text: What, in words.
        requirement: What it breaks.
        case: By which it is noticed.
        told: Part of the reason that the case has to give.
        switch_on: Puts it into this process, until the patch is undone.
    """

    text: str
    requirement: str
    case: str
    told: str
    switch_on: SwitchOn


def sealing(change: Change) -> SwitchOn:
    """Change documents, or where they go, right before they are sealed."""

    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = Sealer.seal

        async def seal(self: Sealer, document: Document, route: Route, *origin: Any) -> Sent:
            document, route = change(document, route)
            return await honest(self, document, route, *origin)

        patch.setattr(Sealer, "seal", seal)

    return switch_on


def routing(holds: Callable[[Document], bool], **changes: Callable[[], Any]) -> SwitchOn:
    """Change where some documents go, or what they say that they answer."""

    def change(document: Document, route: Route) -> tuple[Document, Route]:
        if not holds(document):
            return document, route
        return document, replace(route, **{name: make() for name, make in changes.items()})

    return sealing(change)


def forgiving(owner: object, name: str, code: str, instead: object = None) -> SwitchOn:
    """Let pass what a check refuses under a code, whether it is waited for or not."""

    @contextmanager
    def forgiven() -> Iterator[None]:
        try:
            yield
        except RefusedError as refusal:
            if refusal.code != code:
                raise

    def switch_on(patch: pytest.MonkeyPatch) -> None:
        honest = take(owner, name)

        def check(*given: Any, **named: Any) -> Any:
            with forgiven():
                return honest(*given, **named)
            return instead

        async def wait(*given: Any, **named: Any) -> Any:
            with forgiven():
                return await honest(*given, **named)
            return instead

        patch.setattr(owner, name, wait if iscoroutinefunction(honest) else check)

    return switch_on


def silencing(owner: object, name: str, returned: object = None) -> SwitchOn:
    """Make a check that lets everything pass."""
    return lambda patch: patch.setattr(owner, name, lambda *_, **__: returned)
