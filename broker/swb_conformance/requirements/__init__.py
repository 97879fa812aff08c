"""What is required, of whom, and where it is written: one table for each profile.

A profile is what an implementer may claim. Which commands it needs stands in ``profiles.toml``;
what is required of it stands in a file of its name.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from swb_conformance.target import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Profile", "Requirement", "load_profiles", "load_requirements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an implementer may claim.

    Attributes:
        name: As ``--profile`` has it.
        title: In words.
        verbs: What a target must answer for it; empty for one that is tried on the wire.
        live: Whether it is tried on the wire.
    """

    name: str
    title: str
    verbs: tuple[Verb, ...]
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that is required.

    Attributes:
        id: Such as ``MSG-017``; never given to anything else again.
        profile: Of which profile.
        clause: Where it is written: a section of the wire, of the agreement or its procedures.
        text: What is required, in one sentence.
        codes: Of the findings that a document has which does not keep it; empty where it is not
            about a document's contents.
    """

    id: str
    profile: str
    clause: str
    text: str
    codes: tuple[str, ...] = ()


@cache
def load_profiles() -> Mapping[str, Profile]:
    """All profiles, by name, in their order."""
    told = tomllib.loads(_read("profiles.toml"))
    return {
        name: Profile(
            name=name,
            title=each["title"],
            verbs=tuple(Verb(verb) for verb in each["verbs"]),
            live=each["live"],
        )
        for name, each in told.items()
    }


@cache
def load_requirements() -> Mapping[str, Requirement]:
    """All requirements, by id, in the order of profiles and files."""
    return {
        each["id"]: Requirement(
            id=each["id"],
            profile=profile,
            clause=each["clause"],
            text=each["text"],
            codes=tuple(each.get("codes", ())),
        )
        for profile in load_profiles()
        for each in tomllib.loads(_read(f"{profile}.toml")).get("requirement", [])
    }


def _read(name: str) -> str:
    return (files("swb_conformance.requirements") / name).read_text(encoding="utf-8")
