"""Schemas of stored data and the steps between their versions, whatever keeps the data.

A schema is a set of SQL files: ``full.sql`` makes new data at once, ``0001_first.sql``,
``0002_....sql`` and so on lead there step by step; a test holds that both ways end in the same
schema. The first line of every step is ``-- compatible-with: N``: the oldest schema version whose
code can still work with the data after this step.

Both numbers stand beside the data. Newer code migrates older data; older code works on newer data
as long as they say that it is compatible, and refuses them otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Found", "Migration", "Schema", "list_missing", "parse_schema"]

_FILE_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_COMPATIBLE: Final = re.compile(r"-- compatible-with: (\d+)\n")
_FULL: Final = "full.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of a schema.

    Attributes:
        version: The schema version that it leads to; 1 is the first.
        compatible_with: The oldest code's schema version that can work with the result.
        script: The statements.
    """

    version: int
    compatible_with: int
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What data of one purpose look like.

    Attributes:
        purpose: ``store`` or ``transport``, for example; data of another purpose are refused.
        full: The statements that make new data.
        migrations: The steps that lead there, in order.
        error_code: The code of the refusal, for example ``store.schema``.
    """

    purpose: str
    full: str
    migrations: Sequence[Migration]
    error_code: str

    @property
    def version(self) -> int:
        """The version that this code writes."""
        return self.migrations[-1].version

    @property
    def compatible_with(self) -> int:
        """The oldest code's version that can work with what this code writes."""
        return self.migrations[-1].compatible_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What data say of themselves.

    Attributes:
        purpose: What they are.
        version: Their schema version.
        compatible_with: The oldest code's version that can work with them.
    """

    purpose: str
    version: int
    compatible_with: int


def parse_schema(purpose: str, files: Mapping[str, str], *, error_code: str) -> Schema:
    """Read a schema out of its files' texts, by file name.

    Raises:
        RefusedError: ``schema.files`` when they are not numbered 1, 2, 3, ... or lack their first
            line; a fault of the package.
    """
    steps: list[Migration] = []
    for file_name in sorted(files.keys() - {_FULL}):
        script = files[file_name]
        name, header = _FILE_NAME.fullmatch(file_name), _COMPATIBLE.match(script)
        if name is None or header is None or int(name[1]) != len(steps) + 1:
            message = f"expected {len(steps) + 1:04d}_name.sql with its version, found {file_name}"
            raise RefusedError("schema.files", message, actor=Actor.DEVELOPER)
        steps.append(Migration(version=int(name[1]), compatible_with=int(header[1]), script=script))
    return Schema(
        purpose=purpose, full=files[_FULL], migrations=tuple(steps), error_code=error_code
    )


def list_missing(schema: Schema, found: Found) -> Sequence[Migration]:
    """List the steps that data lack, in order; none where older code meets newer data.

    Raises:
        UnavailableError: The schema's code when the data need newer code or serve another purpose.
    """
    if found.purpose != schema.purpose:
        message = f"expected data of a {schema.purpose}, found those of a {found.purpose}"
        raise UnavailableError(schema.error_code, message)
    if found.compatible_with > schema.version:
        message = (
            f"the data have schema version {found.version} and need code of version "
            f"{found.compatible_with} or later; this code has version {schema.version}"
        )
        raise UnavailableError(schema.error_code, message)
    return schema.migrations[found.version :]
