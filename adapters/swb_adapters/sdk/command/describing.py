"""An adapter's description as JSON values, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.command.protocol import (
    PROTOCOL,
    BrokenCommandError,
    read_pairs,
    read_text,
    read_word,
)
from swb_adapters.sdk.contract import API, AdapterInfo, MessageSupport, Provenance
from swb_adapters.sdk.descriptions import check_description, check_pairs
from swb_adapters.sdk.paths import PathMap
from swb_schemas.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_adapters.sdk.contract import Adapter

__all__ = ["VERBS", "Description", "describe", "list_paths", "read_description"]

VERBS: Final = ("describe", "to-canonical", "from-canonical")
_MOST_MESSAGES: Final = 100
_TEXTS: Final = ("name", "version", "system", "media_type", "file_suffix")
_OPTIONAL: Final = ("state", "root")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a command says of itself.

    Attributes:
        info: As every adapter's.
        paths: Where elements stand, by message type, where that is the same for every document.
    """

    info: AdapterInfo
    paths: Mapping[str, PathMap]


def list_paths(adapter: Adapter) -> dict[str, PathMap]:
    """List the path maps that hold for every document of a type; an adapter of tables has them."""
    tables: Mapping[str, Any] = getattr(adapter, "tables", {})
    return {table.support.message_type: table.paths for table in tables.values()}


def describe(adapter: Adapter) -> dict[str, object]:
    """Write what an adapter says of itself."""
    info = adapter.info
    paths = list_paths(adapter)
    return {
        "protocol": PROTOCOL,
        "api": API,
        "verbs": list(VERBS),
        **{name: getattr(info, name) for name in (*_TEXTS, *_OPTIONAL)},
        "provenance": str(info.provenance),
        "messages": [
            {
                "message_type": each.message_type,
                "reads": each.reads,
                "writes": each.writes,
                "loses": list(each.loses),
                "agreements": list(each.agreements),
                "paths": [list(pair) for pair in paths.get(each.message_type, PathMap()).pairs],
            }
            for each in info.messages
        ],
    }


def read_description(value: object) -> Description:
    """Read what a command says of itself.

    Raises:
        BrokenCommandError: It is no description, or of another version of protocol or contract, or
            it says what the contract or the catalogue does not know.
    """
    if not isinstance(value, dict):
        message = "expected a description: an object"
        raise BrokenCommandError(message)
    for name, ours in (("protocol", PROTOCOL), ("api", API)):
        if value.get(name) != ours:
            message = f"expected {name} {ours}, found {str(value.get(name))[:20]}"
            raise BrokenCommandError(message)
    verbs = value.get("verbs")
    if not isinstance(verbs, list) or not set(VERBS) <= {
        each for each in verbs if type(each) is str
    }:
        message = f"expected verbs: {', '.join(VERBS)}"
        raise BrokenCommandError(message)
    given = value.get("messages")
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_MESSAGES:
        message = "expected messages: at least one"
        raise BrokenCommandError(message)
    paths: dict[str, PathMap] = {}
    messages = tuple(_read_support(each, paths) for each in given)
    info = AdapterInfo(
        provenance=read_word(value, "provenance", Provenance),
        messages=messages,
        **{name: read_text(value, name) for name in _TEXTS},
        **{name: read_text(value, name, default="") for name in _OPTIONAL},
    )
    problems = [*check_description(info)]
    for each in messages:
        problems += check_pairs(each, paths[each.message_type])
    if problems:
        raise BrokenCommandError(problems[0])
    return Description(info=info, paths=paths)


def _read_support(value: object, paths: dict[str, PathMap]) -> MessageSupport:
    if not isinstance(value, dict):
        message = "expected messages: objects"
        raise BrokenCommandError(message)
    name = read_text(value, "message_type")
    entry = CATALOGUE.get(name)
    if entry is None or name in paths:
        message = f"expected each message type of the catalogue once, found {name[:60]!r}"
        raise BrokenCommandError(message)
    paths[name] = read_pairs(value.get("paths", []))
    return MessageSupport(
        message_type=name,
        model=entry.model,
        reads=_read_flag(value, "reads"),
        writes=_read_flag(value, "writes"),
        loses=_read_texts(value, "loses"),
        agreements=_read_texts(value, "agreements"),
    )


def _read_flag(value: Mapping[str, Any], name: str) -> bool:
    flag = value.get(name, True)
    if not isinstance(flag, bool):
        message = f"expected {name}: true or false"
        raise BrokenCommandError(message)
    return flag


def _read_texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = value.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        message = f"expected {name}: texts"
        raise BrokenCommandError(message)
    return tuple(texts)
