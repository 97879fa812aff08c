"""Check that an adapter touches nothing but its input.

Files, network and processes are seen by an audit hook (PEP 578), clock and randomness by a
profiling function. What is done in C without telling Python, for example by libxml2, is not seen;
the hardened parser of `swb_schemas.xml` is what keeps that shut.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ["check_purity"]

_FORBIDDEN_EVENTS: Final = (
    "open",
    "os.",
    "shutil.",
    "socket.",
    "subprocess.",
    "urllib.",
    "sqlite3.",
    "tempfile.",
    "webbrowser.",
)
_FORBIDDEN_MODULES: Final = frozenset({"time", "_random", "random", "secrets", "_uuid"})
_FORBIDDEN_METHODS: Final = frozenset({"now", "utcnow", "today"})
_FORBIDDEN_FUNCTIONS: Final = frozenset({"urandom", "getrandom", "getenv", "getpid"})


class _Watch:
    """Collects what was touched while it is active; the hook itself cannot be taken off again."""

    def __init__(self) -> None:
        self.active = False
        self.seen: set[str] = set()
        self.installed = False

    def install(self) -> None:
        if not self.installed:
            sys.addaudithook(self._audit)
            self.installed = True

    def _audit(self, event: str, _arguments: tuple[object, ...]) -> None:
        if self.active and event.startswith(_FORBIDDEN_EVENTS):
            self.seen.add(event)

    def profile(self, _frame: FrameType, event: str, argument: Any) -> None:  # noqa: ANN401 - as sys.setprofile has it
        """See calls of functions written in C."""
        if not self.active or event != "c_call":
            return
        name = getattr(argument, "__name__", "")
        module = getattr(argument, "__module__", None) or ""
        owner = getattr(argument, "__self__", None)
        if module in _FORBIDDEN_MODULES or name in _FORBIDDEN_FUNCTIONS:
            self.seen.add(f"{module}.{name}")
        elif name in _FORBIDDEN_METHODS and isinstance(owner, type):
            self.seen.add(f"{owner.__module__}.{owner.__name__}.{name}")
        elif type(owner).__module__ == "random":
            self.seen.add(f"random.{name}")


_WATCH: Final = _Watch()


def check_purity(call: Callable[[], object]) -> tuple[str, ...]:
    """Check that a call touches no file, network, process, clock or randomness.

    The call is made once before it is watched: the first call in a process may load the
    adapter's own schema and modules. Garbage is not collected meanwhile: what others hook into
    that (hypothesis looks at the clock) is none of the adapter's doing.

    Args:
        call: For example ``lambda: ADAPTER.to_canonical(raw)``.
    """
    call()
    _WATCH.install()
    _WATCH.seen.clear()
    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()
    sys.setprofile(_WATCH.profile)
    _WATCH.active = True
    try:
        call()
    finally:
        _WATCH.active = False
        sys.setprofile(before)
        if collects:
            gc.enable()
    return tuple(f"expected a pure call, found {what}" for what in sorted(_WATCH.seen))
