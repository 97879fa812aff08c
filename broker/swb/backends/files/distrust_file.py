"""What the operator says of stolen keys, in a file of the trust memory."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from swb.atomic import replace_file
from swb.backends.files.changing import ChangingFile
from swb.backends.files.locking import lock_folder
from swb.core.distrust import DistrustStatement
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["FileDistrustRegister"]


class _StatementForm(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    member: str
    purpose: str | None
    since: AwareDatetime
    reason: str
    stated_at: AwareDatetime
    certificates: tuple[str, ...]
    lifted_at: AwareDatetime | None = None


class _RegisterForm(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["urn:swb:distrust:1"]
    statements: tuple[_StatementForm, ...]


class FileDistrustRegister:
    """`swb.ports.DistrustRegister` over one file.

    Args:
        folder: Of the trust memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: ChangingFile[tuple[DistrustStatement, ...]] = ChangingFile(
            folder / "distrust.json", self._parse
        )

    def load(self) -> tuple[DistrustStatement, ...]:
        """Read every statement, the earliest first.

        Raises:
            UnavailableError: ``trust.memory``.
        """
        try:
            return self._file.fetch()
        except FileNotFoundError:
            return ()
        except OSError as cause:
            raise self._unusable(cause.strerror or "") from cause

    async def list_statements(self) -> tuple[DistrustStatement, ...]:
        """Read every statement, the earliest first."""
        return self.load()

    async def state(
        self,
        *,
        member: str,
        purpose: str | None,
        since: datetime,
        reason: str,
        at: datetime,
        certificates: tuple[str, ...],
    ) -> DistrustStatement:
        """Keep a statement under the next number."""
        try:
            with lock_folder(self._folder):
                before = self.load()
                made = DistrustStatement(
                    number=len(before) + 1,
                    member=member,
                    purpose=purpose,
                    since=since,
                    reason=reason,
                    stated_at=at,
                    certificates=certificates,
                )
                self._keep((*before, made))
        except OSError as cause:
            raise self._unusable(cause.strerror or "") from cause
        return made

    async def lift(self, number: int, at: datetime) -> DistrustStatement:
        """Take a statement back; it is kept as one that was lifted."""
        try:
            with lock_folder(self._folder):
                before = self.load()
                found = next((each for each in before if each.number == number), None)
                if found is None or found.lifted_at is not None:
                    message = f"expected the number of a statement that stands, found {number}"
                    raise RefusedError("trust.no_statement", message, actor=Actor.OPERATOR)
                lifted = replace(found, lifted_at=at)
                self._keep(tuple(lifted if each is found else each for each in before))
        except OSError as cause:
            raise self._unusable(cause.strerror or "") from cause
        return lifted

    def _keep(self, statements: tuple[DistrustStatement, ...]) -> None:
        members = {
            "format": "urn:swb:distrust:1",
            "statements": [_describe(each) for each in statements],
        }
        replace_file(self._file.path, json.dumps(members, indent=1).encode() + b"\n")

    def _parse(self, raw: bytes, _: object) -> tuple[DistrustStatement, ...]:
        try:
            form = _RegisterForm.model_validate_json(raw)
        except ValidationError as cause:
            raise self._unusable("it says something else") from cause
        return tuple(DistrustStatement(**dict(each)) for each in form.statements)

    def _unusable(self, why: str) -> UnavailableError:
        message = f"expected to read and write {self._file.path}, found: {why}"
        return UnavailableError("trust.memory", message)


def _describe(each: DistrustStatement) -> dict[str, object]:
    return {
        "number": each.number,
        "member": each.member,
        "purpose": each.purpose,
        "since": format_instant(each.since),
        "reason": each.reason,
        "stated_at": format_instant(each.stated_at),
        "certificates": list(each.certificates),
        "lifted_at": format_instant(each.lifted_at) if each.lifted_at else None,
    }
