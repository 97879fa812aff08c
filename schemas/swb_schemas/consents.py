"""Consents of exporters to the exchange of their data, as the exporting side records them.

Singapore and the Philippines ask for the exporter's consent before an extract of a declaration
leaves (facts 4). A consent is between the exporter and its own authority: it stays at the gateway,
in a table (TOML), one ``[[consent]]`` for each line::

    [[consent]]
    exporter = "0105500000001"
    to = ["VN", "SG"]                            # every destination when it is missing
    from = 2026-01-01
    until = 2026-12-31
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from swb_schemas.dated_lines import DatedLine
from swb_schemas.documents.elements import Code, CountryCode, ReferenceText
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.table_faults import spell_faults

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Consent", "Consents", "parse_consents"]

_LIMIT = 16_000_000
"""Octets of a table: about a hundred thousand exporters."""


class Consent(DatedLine):
    """One line of the table, until it is withdrawn.

    Attributes:
        exporter: Its registration number.
        to: Destinations; every one when it is missing, and never an empty list: who consents to
            none of them has no line.
        message_type: Name in the catalogue of what may leave.
    """

    exporter: ReferenceText
    to: Annotated[tuple[CountryCode, ...], Field(min_length=1)] | None = None
    message_type: Code = "DeclarationExtract"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    consent: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class Consents:
    """A table of consents.

    Attributes:
        lines: By exporter and message type.
    """

    lines: dict[tuple[str, str], tuple[Consent, ...]]

    def covers(self, *, exporter: str, destination: str, message_type: str, on: date) -> bool:
        """Whether an exporter consents, that day, to that destination."""
        return any(
            (each.to is None or destination in each.to) and each.holds_on(on)
            for each in self.lines.get((exporter, message_type), ())
        )


def parse_consents(raw: bytes) -> Consents:
    """Read a table of consents.

    Raises:
        RefusedError: ``consent.malformed``; it names no exporter.
    """
    if len(raw) > _LIMIT:
        raise _malformed(f"expected at most {_LIMIT} octets, found {len(raw)}")
    try:
        table = _File.model_validate(tomllib.loads(raw.decode("utf-8-sig")))
    except UnicodeDecodeError as cause:
        raise _malformed("expected UTF-8") from cause
    except tomllib.TOMLDecodeError as cause:
        raise _malformed(f"expected TOML: {cause}") from cause
    except ValidationError as cause:
        place, message = spell_faults(cause, tables=("consent",), private=("exporter",))[0]
        raise _malformed(f"{place or 'the table'}: {message}") from cause
    lines: dict[tuple[str, str], tuple[Consent, ...]] = {}
    for each in table.consent:
        key = (each.exporter, each.message_type)
        lines[key] = (*lines.get(key, ()), each)
    return Consents(lines)


def _malformed(message: str) -> RefusedError:
    return RefusedError("consent.malformed", message, actor=Actor.OPERATOR)
