"""A trust bundle in a file, with the newer lists that were fetched since, and what is known.

The file has the pinned roots, which only the operator replaces, and the lists as they were then.
Newer lists and root statements lie in the trust memory; of each state the later list counts.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, TypeAlias

import structlog

from swb.core.distrust import overlay
from swb_schemas.errors import RefusedError, SwbError, UnavailableError, UndeterminedError
from swb_schemas.wire.publication import take_publication
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.wire.trust_succession import check_succession, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from swb.backends.files.distrust_file import FileDistrustRegister
    from swb.backends.files.trust_memory import TrustMemory
    from swb.core.distrust import DistrustStatement
    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.trust import TrustBundle

    _Laid: TypeAlias = tuple[tuple[DistrustStatement, ...], TrustBundle | None, TrustBundle | None]

__all__ = ["FileTrustSource"]

_log = structlog.get_logger("swb.trust")


class FileTrustSource:
    """`swb.ports.TrustSource` and `swb.ports.ListShelf` over one file and a memory.

    Args:
        path: The bundle; replace it by renaming a whole new file over it.
        environment: What it has to serve.
        memory: What must not be forgotten over a restart; None remembers within this process.
        distrust: What the operator says of stolen keys.
        keeps: Whether a bundle that does not hold leaves the one before it in force; `check` tells.
        looks_every: Seconds for which what was found in files counts before they are looked at
            again; each message asks several times.
        ticks: Seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        path: Path,
        *,
        environment: Environment,
        memory: TrustMemory | None = None,
        distrust: FileDistrustRegister | None = None,
        keeps: bool = False,
        looks_every: float = 0,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._looks_every = looks_every
        self._ticks = ticks
        self._looks_at = -math.inf
        self._path = path
        self._environment = environment
        self._memory = memory
        self._distrust = distrust
        self._keeps = keeps
        self._trouble: SwbError | None = None
        self._troubled: tuple[int, ...] = ()
        self._version: tuple[int, ...] = ()
        self._bundle: TrustBundle | None = None
        self._laid: _Laid = ((), None, None)

    async def fetch(self) -> TrustBundle:
        """Get the bundle as it stands in the file now, with newer lists, and what is known.

        While the file does not verify, serves another environment or would take a list back to an
        earlier number, nothing can be judged until it is mended; where it keeps the bundle before
        that, what was listed then counts until it ends. What the operator says of stolen keys
        counts either way.

        Raises:
            UnavailableError: ``trust.unreachable``, ``trust.memory``.
            UndeterminedError: ``trust.unusable``; the message names the code of
                `swb_schemas.wire.trust`.
        """
        at = self._ticks()
        if at < self._looks_at and self._laid[2] is not None:
            return self._laid[2]
        bundle = self._fetch_or_keep()
        self._looks_at = at + self._looks_every
        statements = self._distrust.load() if self._distrust else ()
        before, under, overlaid = self._laid
        if overlaid is None or before is not statements or under is not bundle:
            overlaid = bundle.with_statuses(overlay(statements))
            self._laid = (statements, bundle, overlaid)
        return overlaid

    async def offer(self, publications: Mapping[str, bytes]) -> TrustBundle:
        """Take lists that were fetched, all or none, if they verify and may follow.

        Args:
            publications: By state, as they came.

        Returns:
            The bundle that is in force then.

        Raises:
            RefusedError: One does not verify, or may not follow; nothing has changed.
            UndeterminedError: ``trust.list_behind``, ``trust.list_forked``: together they are not
                what the region saw; nothing has changed.
            UnavailableError: ``trust.unreachable``, ``trust.memory``.
        """
        self._looks_at = -math.inf
        await self.fetch()
        bundle = self._bundle
        assert bundle is not None  # noqa: S101 - fetched
        for state, raw in publications.items():
            bundle = take_publication(bundle, state, raw)
        disagreed = set(self._bundle.find_disagreements()) if self._bundle else set()
        for other, fault in bundle.find_disagreements().items():
            if other in publications or other not in disagreed:
                raise fault
        if self._memory is None:
            check_succession(bundle, remember(self._bundle or bundle))
        elif self._bundle is not None and remember(bundle) == remember(self._bundle):
            return await self.fetch()
        else:
            # A crash must not leave a number remembered whose list is nowhere.
            check_succession(bundle, self._memory.load())
            self._memory.keep_publications(publications)
            self._memory.accept(bundle)
            self._version = self._current_version()
        self._bundle = bundle
        self._looks_at = -math.inf
        return await self.fetch()

    async def check(self) -> None:
        """Say whether what is in force is what the file says.

        Raises:
            UnavailableError: As `fetch`.
            UndeterminedError: As `fetch`.
        """
        self._looks_at = -math.inf
        await self.fetch()
        if self._trouble is not None:
            raise self._trouble

    def _fetch_or_keep(self) -> TrustBundle:
        try:
            bundle = self._fetch()
        except OSError as cause:
            message = f"expected a trust bundle at {self._path}: {cause.strerror}"
            trouble: SwbError = UnavailableError("trust.unreachable", message)
            trouble.__cause__ = cause
        except UndeterminedError as unusable:
            trouble = unusable
        else:
            if self._trouble is not None:
                _log.info("trust_taken")
            self._trouble = None
            return bundle
        if self._bundle is None or not self._keeps:
            raise trouble
        if self._trouble is None:
            _log.error("trust_not_taken", code=trouble.code, reason=trouble.message)
        self._trouble = trouble
        return self._bundle

    def _fetch(self) -> TrustBundle:
        version = self._current_version()
        if self._bundle is not None and self._trouble is not None and version == self._troubled:
            raise self._trouble  # it is the same file that was read in vain
        if self._bundle is None or version != self._version:
            self._troubled = version
            self._bundle, self._version = self._read(self._path.read_bytes()), version
        return self._bundle

    def _current_version(self) -> tuple[int, ...]:
        state = self._path.stat()
        fetched = self._memory.version() if self._memory else ()
        return (state.st_mtime_ns, state.st_ino, state.st_size, *fetched)

    def _read(self, raw: bytes) -> TrustBundle:
        path, environment = self._path, self._environment
        try:
            bundle = self._add_fetched(parse_trust_bundle(raw))
            if self._memory is not None:
                self._memory.accept(bundle)
            elif self._bundle is not None:
                check_succession(bundle, remember(self._bundle))
        except RefusedError as cause:
            message = f"expected a bundle that holds at {path}: {cause.code}: {cause.message}"
            raise UndeterminedError("trust.unusable", message, findings=cause.findings) from cause
        if not bundle.environment.includes(environment):
            found = f"one of {bundle.environment}"
            message = f"expected a bundle at {path} that serves {environment}, {found}"
            raise UndeterminedError("trust.unusable", message)
        return bundle

    def _add_fetched(self, bundle: TrustBundle) -> TrustBundle:
        """Put fetched lists in the place of those of the file, where they are later."""
        fetched = self._memory.load_publications() if self._memory else {}
        for state, raw in fetched.items():
            here = bundle.lists.get(state)
            try:
                taken = take_publication(bundle, state, raw)
            except RefusedError as error:
                # Other roots are pinned since, or somebody wrote here; the file's own list counts.
                _log.warning("fetched_list_passed_over", state=state, code=error.code)
                continue
            there = taken.lists[state]
            if here is None or (there.root_number, there.number) > (here.root_number, here.number):
                bundle = taken
        return bundle
