"""What an inbox says about a message id that it is offered.

A message keeps its id and its octets over every attempt, so a second arrival under a known id is
either the same message again or somebody's mistake (or worse). The digest that is compared is the
signed reference digest and never a hash of the octets: ECDSA signatures are malleable, so octets
can change while the signed content does not.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Disposition", "judge"]


class Disposition(StrEnum):
    """What the inbox says about a message id."""

    NEW = "new"
    REPEAT = "repeat"
    CONFLICT = "conflict"


def judge(known_digest: str | None, digest: str) -> Disposition:
    """Judge an arrival under an id.

    Args:
        known_digest: The digest that was committed under this id before, as ``sha-256:<hex>``;
            None when the id is not known.
        digest: The digest that arrives, in the same form.

    Returns:
        NEW for an unknown id, REPEAT for the same digest, CONFLICT for another one. Digests of
        different algorithms cannot be compared and so are a CONFLICT.
    """
    if known_digest is None:
        return Disposition.NEW
    return Disposition.REPEAT if known_digest == digest else Disposition.CONFLICT
