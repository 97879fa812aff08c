"""Names of parties and keys of certificates.

A party is ``urn:swb:party:<STATE or REGION>:<role>[:<office>]``. The list of roles is open: a
role is any lower-case token, and those that the broker itself acts upon are named here. The URN
namespace ``swb`` is this project's own and is not registered with IANA.

A certificate's key is (issuing state, office, number as spelled). It is written
``STATE:office:number`` with percent-encoding in commands, URLs and file names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from swb_schemas.errors import RefusedError

__all__ = [
    "ANIMAL_HEALTH",
    "CUSTOMS",
    "FOOD_SAFETY",
    "GATEWAY",
    "ISSUING",
    "PHYTOSANITARY",
    "REGION",
    "ROUTER",
    "TIME_STAMPING",
    "CertificateKey",
    "PartyId",
    "parse_certificate_key",
    "parse_party_id",
]

REGION: Final = "REGION"
"""Stands in the place of a state for what belongs to the region as a whole."""

ISSUING: Final = "issuing"
CUSTOMS: Final = "customs"
PHYTOSANITARY: Final = "phytosanitary"
"""A national plant protection organisation (IPPC)."""
ANIMAL_HEALTH: Final = "animal-health"
"""A national veterinary service (WOAH)."""
FOOD_SAFETY: Final = "food-safety"
"""A national food safety authority (Codex)."""
GATEWAY: Final = "gateway"
ROUTER: Final = "router"
TIME_STAMPING: Final = "time-stamping"

PARTY_PATTERN: Final = (
    r"urn:swb:party:([A-Z]{2}|REGION):([a-z][a-z-]{0,31})(?::([A-Za-z0-9][A-Za-z0-9.-]{0,31}))?"
)
_PARTY: Final = re.compile(PARTY_PATTERN)


@dataclass(frozen=True, slots=True)
class PartyId:
    """Who takes part: a state's (or the region's) role, and its office where there are several.

    Attributes:
        state: ISO 3166-1 alpha-2 code, or ``REGION``.
        role: Lower-case token, for example ``issuing`` or ``food-safety``.
        office: Code of the office within that role, or empty.
    """

    state: str
    role: str
    office: str = ""

    def __str__(self) -> str:
        tail = f":{self.office}" if self.office else ""
        return f"urn:swb:party:{self.state}:{self.role}{tail}"


def parse_party_id(text: str) -> PartyId:
    """Read a party's URN.

    Raises:
        RefusedError: ``party.malformed``.
    """
    match = _PARTY.fullmatch(text)
    if match is None:
        message = f"expected urn:swb:party:STATE:role[:office], found {text[:80]!r}"
        raise RefusedError("party.malformed", message)
    return PartyId(match[1], match[2], match[3] or "")


@dataclass(frozen=True, slots=True)
class CertificateKey:
    """What makes a certificate one and the same in the whole region.

    Attributes:
        state: ISO 3166-1 alpha-2 code of the issuing state.
        office: Code of the issuing office.
        number: The certificate's number, exactly as spelled by the office.
    """

    state: str
    office: str
    number: str

    def __str__(self) -> str:
        return ":".join(quote(part, safe="") for part in (self.state, self.office, self.number))

    @property
    def folded(self) -> str:
        """Upper case, separators dropped: for searching only, never for identity."""
        return re.sub(r"[\s\W_]+", "", f"{self.state}{self.office}{self.number}").upper()


_STATE: Final = re.compile("[A-Z]{2}")
_OFFICE: Final = re.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,31}")
_LONGEST_NUMBER: Final = 35


def parse_certificate_key(text: str) -> CertificateKey:
    """Read ``STATE:office:number``; characters that need no percent-encoding may have it.

    Raises:
        RefusedError: ``certificate_key.malformed``.
    """
    parts = text.split(":")
    if len(parts) == 3:  # noqa: PLR2004 - state, office, number
        try:
            state, office, number = (unquote(part, errors="strict") for part in parts)
        except UnicodeDecodeError:
            state = office = number = ""
        if (
            _STATE.fullmatch(state)
            and _OFFICE.fullmatch(office)
            and 1 <= len(number) <= _LONGEST_NUMBER
        ):
            return CertificateKey(state, office, number)
    message = f"expected STATE:office:number, percent-encoded, found {text[:80]!r}"
    raise RefusedError("certificate_key.malformed", message)
