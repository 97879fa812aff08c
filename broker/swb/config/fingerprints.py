"""Keys of the fingerprints by which alike certificates are found."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from swb.config.keys import SECRET_REFERENCE
from swb.config.section import Section

__all__ = ["FingerprintKeyConfig", "FingerprintsConfig"]

_STATE: Final = r"^[A-Z]{2}$"
_MOST_KEYS: Final = 4
"""Of one partner: every document is compared under each of them."""


class FingerprintKeyConfig(Section):
    """A key that this state shares with others, as a table `[[fingerprints.keys]]` of its own.

    Attributes:
        id: What both sides call the key; it is kept beside every fingerprint.
        partners: With which states it is shared. What is found alike under one key may have gone
            to, or come from, any of them, so each pair has a key of its own unless all agreed.
        secret: Reference to the key: 64 to 128 hexadecimal digits.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    partners: tuple[Annotated[str, Field(pattern=_STATE)], ...] = Field(min_length=1)
    secret: str = Field(pattern=SECRET_REFERENCE)


class FingerprintsConfig(Section):
    """By which keys alike certificates are found, where a connection's terms allow it.

    Without this section, and for every pair whose terms do not say ``fingerprints = true`` and name
    a legal basis, no fingerprint is computed or kept. See ``docs/how-to/find-duplicates.md``.

    Attributes:
        keys: Of each partner the last one is the current key, under which fingerprints are kept;
            those before it are earlier ones, under which they are still compared.
    """

    keys: tuple[FingerprintKeyConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({key.id for key in self.keys}) != len(self.keys):
            msg = "expected each id once"
            raise ValueError(msg)
        held = Counter(partner for key in self.keys for partner in set(key.partners))
        crowded = sorted(partner for partner, count in held.items() if count > _MOST_KEYS)
        if crowded:
            msg = (
                f"expected at most {_MOST_KEYS} keys for each partner, found more for {crowded[0]}"
            )
            raise ValueError(msg)
        return self
