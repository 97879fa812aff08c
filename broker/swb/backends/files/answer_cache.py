"""Revocation answers in a folder, so that a restart needs no network, and evidence finds them.

``answers.json`` names by certificate the files that hold what was answered about it; a file is
named by the digest of its octets. A revocation list that speaks of many certificates lies there
once. Whoever could change the folder could hide an answer and forge none: each is verified when it
is read.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from swb.atomic import replace_file
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.revocation import AnswerKind, RevocationAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["FolderAnswerCache"]

_log = structlog.get_logger("swb.revocation")

_INDEX: Final = "answers.json"
_UNUSED_FOR: Final = 3600.0
"""Seconds before a file that the index does not name is removed: another copy of the daemon may be
about to name it."""
_NAME: Final = re.compile(r"([0-9a-f]{64})\.(crl|ocsp)")


class FolderAnswerCache:
    """`swb.ports.AnswerCache` in a folder.

    Args:
        folder: Made when there is something to keep. Copies of one daemon may share it: of what
            they were answered, the last to write stands.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def load(self) -> Mapping[str, Sequence[RevocationAnswer]]:
        """Get all that was kept, by thumbprint; a part that cannot be read is left out.

        Raises:
            UnavailableError: ``revocation.cache``.
        """
        return await asyncio.to_thread(self._load)

    async def answers_for(self, thumbprint: str) -> Sequence[RevocationAnswer]:
        """Get what was answered of a certificate last.

        Raises:
            UnavailableError: ``revocation.cache``.
        """
        return (await self.load()).get(thumbprint, ())

    async def keep(self, answers: Mapping[str, Sequence[RevocationAnswer]]) -> None:
        """Keep exactly these.

        Raises:
            UnavailableError: ``revocation.cache``.
        """
        try:
            await asyncio.to_thread(self._keep, answers)
        except OSError as cause:
            message = f"expected a folder for answers at {self._folder}: {cause.strerror}"
            raise UnavailableError("revocation.cache", message) from cause

    def _load(self) -> dict[str, tuple[RevocationAnswer, ...]]:
        try:
            index = json.loads((self._folder / _INDEX).read_bytes())
            named = {str(key): [str(name) for name in names] for key, names in index.items()}
        except FileNotFoundError:
            return {}
        except OSError as cause:
            message = f"expected kept answers at {self._folder}: {cause.strerror}"
            raise UnavailableError("revocation.cache", message) from cause
        except (ValueError, AttributeError, TypeError) as cause:
            message = f"expected an index of answers at {self._folder / _INDEX}"
            raise UnavailableError("revocation.cache", message) from cause
        read = {name: self._read(name) for names in named.values() for name in names}
        return {
            key: tuple(answer for answer in (read[name] for name in names) if answer is not None)
            for key, names in named.items()
        }

    def _read(self, name: str) -> RevocationAnswer | None:
        form = _NAME.fullmatch(name)
        try:
            octets = (self._folder / name).read_bytes() if form else b""
        except OSError:
            octets = b""
        if form is None or sha256(octets).hexdigest() != form[1]:
            _log.warning("answer_unreadable", name=name[:80])
            return None
        return RevocationAnswer(kind=AnswerKind(form[2]), octets=octets)

    def _keep(self, answers: Mapping[str, Sequence[RevocationAnswer]]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        octets = {_name_of(answer): answer.octets for each in answers.values() for answer in each}
        for name, content in octets.items():
            if not (self._folder / name).exists():
                replace_file(self._folder / name, content, mode=None)
        index = {key: [_name_of(answer) for answer in each] for key, each in answers.items()}
        listed = json.dumps(index, indent=1).encode() + b"\n"
        replace_file(self._folder / _INDEX, listed, mode=None)
        for path in self._stored():
            if path.name not in octets and time.time() - path.stat().st_mtime > _UNUSED_FOR:
                path.unlink(missing_ok=True)

    def _stored(self) -> Iterator[Path]:
        return (path for path in self._folder.iterdir() if _NAME.fullmatch(path.name))


def _name_of(answer: RevocationAnswer) -> str:
    return f"{sha256(answer.octets).hexdigest()}.{answer.kind}"
