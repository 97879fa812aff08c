"""How a certificate may be asked for: spelled in any way, with state and office or without."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from swb_schemas.errors import RefusedError
from swb_schemas.parties import parse_certificate_key

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Sought", "fold_reference", "list_spellings"]

_SHORTEST_NUMBER: Final = 4
_SHORTEST_ID: Final = 8
_LONGEST: Final = 200
"""Characters; no key, number or id has so many."""
_ID: Final = re.compile("[0-9a-f-]+")
_NOTHING: Final = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a reference that a person typed may mean.

    Attributes:
        reference: A key or an id, as it is spelled.
        folded: A key or a number, folded; it may be empty, and then nothing is meant.
        folded_range: What begins with it: from the first text to just before the second.
        id_range: Ids that begin with it, likewise.
    """

    reference: str
    folded: str
    folded_range: tuple[str, str]
    id_range: tuple[str, str]

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read what was typed; None where it can mean nothing that is kept."""
        reference = text.strip()
        if not reference or len(reference) > _LONGEST or not reference.isprintable():
            return None
        with suppress(RefusedError):
            reference = str(parse_certificate_key(reference))
        folded = fold_reference(reference)
        lower = reference.lower()
        is_id = len(lower) >= _SHORTEST_ID and _ID.fullmatch(lower) is not None
        return cls(
            reference=lower if is_id else reference,
            folded=folded,
            folded_range=_range(folded) if len(folded) >= _SHORTEST_NUMBER else _NOTHING,
            id_range=_range(lower) if is_id else _NOTHING,
        )


def fold_reference(text: str) -> str:
    """Fold what a person typed as `swb_schemas.parties.CertificateKey.folded` folds a key.

    A whole key may be percent-encoded; anything else is taken as it is.
    """
    try:
        return parse_certificate_key(text).folded
    except RefusedError:
        return _fold(text)


def list_spellings(certificate_key: str) -> Sequence[str]:
    """List by what a certificate is found: all of its key, folded, and its number alone.

    None for what has no certificate's key.
    """
    try:
        key = parse_certificate_key(certificate_key)
    except RefusedError:
        return ()
    number = _fold(key.number)
    return [each for each in dict.fromkeys((key.folded, number)) if each]


def _fold(text: str) -> str:
    return re.sub(r"[\s\W_]+", "", text).upper()


def _range(beginning: str) -> tuple[str, str]:
    """Find the texts between which everything stands that begins so, octet by octet."""
    return beginning, f"{beginning[:-1]}{chr(ord(beginning[-1]) + 1)}"
