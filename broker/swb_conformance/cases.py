"""The vectors of the conformance suite, as data.

A vector is a folder: ``README.md`` says why it is there, ``case.toml`` what is asked and what must
come out, ``input/`` holds octets as they arrive, ``expected/`` octets that must come out. The
folder's path below ``vectors/`` is its name.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from importlib.resources.abc import Traversable

__all__ = ["Case", "Profile", "Verdict", "load_cases"]


class Profile(StrEnum):
    """What kind of thing a vector puts to the test."""

    TRUST = "trust"
    """A trust bundle is read."""
    SEALED_DOCUMENT = "sealed-document"
    """The inner layer alone is verified."""
    MESSAGE = "message"
    """The outer layer alone is verified, as a router does."""
    DELIVERY = "delivery"
    """Both layers are verified, as a recipient does."""


class Verdict(StrEnum):
    """What must come out."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector.

    Attributes:
        name: Path below ``vectors/``.
        profile: What is asked.
        clause: Step or section of docs/reference/wire.md.
        at: The judging moment.
        receiver: URN of the judging recipient; empty where nobody judges as one.
        subject: Octets that are judged.
        trust: The trust bundle by which they are judged.
        decryption_keys: Private keys of the recipient, PEM.
        verdict: What must come out.
        code: The code of a refusal; empty when accepted.
        expected: What must come out besides, by file name.
    """

    name: str
    profile: Profile
    clause: str
    at: datetime
    receiver: str
    subject: bytes
    trust: bytes
    decryption_keys: Sequence[bytes]
    verdict: Verdict
    code: str
    expected: Mapping[str, bytes]


_KEYS: Final = frozenset(
    {"profile", "clause", "at", "receiver", "subject", "trust", "decryption_keys", "expect"}
)


def load_cases() -> tuple[Case, ...]:
    """Read every vector of the suite, in order of name.

    Raises:
        RefusedError: ``vector.malformed``.
    """
    vectors = files("swb_conformance") / "vectors"
    profiles = {profile.value for profile in Profile}
    return tuple(
        _load(folder, f"{profile.name}/{folder.name}")
        for profile in sorted(vectors.iterdir(), key=lambda each: each.name)
        if profile.name in profiles
        for folder in sorted(profile.iterdir(), key=lambda each: each.name)
    )


def _load(folder: Traversable, name: str) -> Case:
    try:
        told = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        if set(told) != _KEYS or set(told["expect"]) != {"verdict", "code"}:
            message = f"expected exactly {', '.join(sorted(_KEYS))}"
            raise ValueError(message)  # noqa: TRY301 - translated with every other malformation
        expected = folder / "expected"
        return Case(
            name=name,
            profile=Profile(told["profile"]),
            clause=told["clause"],
            at=told["at"],
            receiver=told["receiver"],
            subject=_read(folder, told["subject"]),
            trust=_read(folder, told["trust"]),
            decryption_keys=tuple(_read(folder, path) for path in told["decryption_keys"]),
            verdict=Verdict(told["expect"]["verdict"]),
            code=told["expect"]["code"],
            expected={each.name: each.read_bytes() for each in expected.iterdir()}
            if expected.is_dir()
            else {},
        )
    except (OSError, ValueError, KeyError, TypeError) as cause:
        message = f"expected a vector in {name}, found: {str(cause)[:200]}"
        raise RefusedError("vector.malformed", message, actor=Actor.DEVELOPER) from cause


def _read(folder: Traversable, path: str) -> bytes:
    """Read a file of the vector, or ``material/...``, which vectors share."""
    start = folder
    if path.startswith("material/"):
        start = files("swb_conformance") / "vectors"
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            message = f"expected a path inside the vector, found {path!r}"
            raise ValueError(message)
        start /= part
    return start.read_bytes()
