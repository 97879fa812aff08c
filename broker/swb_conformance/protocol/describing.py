"""Whether a target describes itself as a profile needs it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.protocol.lines import PROTOCOL
from swb_conformance.target import Verb
from swb_schemas.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_conformance.requirements import Profile

__all__ = ["check_description"]

_API: Final = 1
_MOST_MESSAGES: Final = 100
_LONGEST_TEXT: Final = 4_000
_LONGEST_TOLD: Final = 60
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_VERSION: Final = re.compile(r"[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}")
_PROVENANCES: Final = ("published", "outline", "simulated")


def check_description(value: Mapping[str, Any], profile: Profile) -> tuple[str, ...]:
    """Say what is wrong with a target's description; empty when nothing is.

    Args:
        value: ``output`` of ``describe``.
        profile: What is claimed; it decides which members there must be.
    """
    return tuple(_check(value, profile))


def _check(value: Mapping[str, Any], profile: Profile) -> Iterator[str]:
    if type(value.get("protocol")) is not int or value["protocol"] != PROTOCOL:
        yield f"expected protocol {PROTOCOL}, found {_tell(value, 'protocol')}"
    verbs = value.get("verbs")
    if not isinstance(verbs, list) or not all(isinstance(each, str) for each in verbs):
        yield f"expected verbs: a list of texts, found {_tell(value, 'verbs')}"
    else:
        missing = [str(verb) for verb in profile.verbs if verb not in verbs]
        if missing:
            yield f"expected the verbs of the profile {profile.name}, missing: {', '.join(missing)}"
    if not _is_text(value.get("name")) or _NAME.fullmatch(value["name"]) is None:
        found = _tell(value, "name")
        yield f"expected name: small letters, digits and hyphens, found {found}"
    if not _is_text(value.get("version")) or _VERSION.fullmatch(value["version"]) is None:
        yield f"expected version: major.minor.patch, found {_tell(value, 'version')}"
    if Verb.TO_CANONICAL in profile.verbs:
        yield from _check_adapter(value)


def _check_adapter(value: Mapping[str, Any]) -> Iterator[str]:
    if type(value.get("api")) is not int or value["api"] != _API:
        yield f"expected api {_API}, found {_tell(value, 'api')}"
    if value.get("provenance") not in _PROVENANCES:
        found = _tell(value, "provenance")
        yield f"expected provenance: {', '.join(_PROVENANCES)}, found {found}"
    for name in ("system", "media_type", "file_suffix"):
        if not _is_text(value.get(name)) or not value[name]:
            yield f"expected {name}: a text, found {_tell(value, name)}"
    for name in ("state", "root"):
        if not _is_text(value.get(name, "")):
            yield f"expected {name}: a text, or none, found {_tell(value, name)}"
    messages = value.get("messages")
    if not isinstance(messages, list) or not 0 < len(messages) <= _MOST_MESSAGES:
        yield f"expected messages: 1 to {_MOST_MESSAGES}, found {_tell(value, 'messages')}"
        return
    seen: set[str] = set()
    for each in messages:
        yield from _check_message(each, seen)


def _check_message(value: object, seen: set[str]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"expected messages: objects, found {str(value)[:60]!r}"
        return
    name = value.get("message_type")
    if not isinstance(name, str) or name not in CATALOGUE or name in seen:
        yield f"expected each message type of the catalogue once, found {str(name)[:60]!r}"
        return
    seen.add(name)
    for flag in ("reads", "writes"):
        if not isinstance(value.get(flag, True), bool):
            yield f"expected {flag} of {name}: true or false, found {_tell(value, flag)}"
    for texts in ("loses", "agreements"):
        found = value.get(texts, [])
        if not isinstance(found, list) or not all(_is_text(each) for each in found):
            yield f"expected {texts} of {name}: a list of texts, found {_tell(value, texts)}"
    if value.get("reads", True) is False and value.get("writes", True) is False:
        yield f"expected {name} to be read or written, found neither"
    root = CATALOGUE[name].model.__name__
    loses = value.get("loses", [])
    for each in loses if isinstance(loses, list) else []:
        if isinstance(each, str) and each != root and not each.startswith(f"{root}/"):
            yield f"expected loses of {name} to begin with {root}/, found {each[:120]!r}"


def _tell(value: Mapping[str, Any], name: str) -> str:
    """Tell what stands in the place of something else, in JSON and not at length."""
    if name not in value:
        return "none"
    found = json.dumps(value[name], default=str)
    return found if len(found) <= _LONGEST_TOLD else f"{found[:_LONGEST_TOLD]}..."


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT
