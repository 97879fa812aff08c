"""What a store shows of its schema to whoever migrates it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from swb.core.migrating import Found, Schema

__all__ = ["Migratable"]


class Migratable(Protocol):
    """Data whose schema has a version. Neither method needs them to be open."""

    @property
    def schema(self) -> Schema:
        """What this code needs."""
        ...

    async def find_schema(self) -> Found | None:
        """Find what the data say of themselves.

        Returns:
            None where there is nothing.

        Raises:
            UnavailableError: They cannot be reached, or are something else's.
        """
        ...

    async def migrate(self) -> None:
        """Make what is missing, all of it or nothing. Repeating it changes nothing.

        Raises:
            UnavailableError: They cannot be reached or written, or need newer code.
        """
        ...
