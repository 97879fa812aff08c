"""What an adapter may say of itself: one check, for the test kit and for programs at the start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.losses import is_mandatory
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.documents.origin_criterion import find_grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk.contract import AdapterInfo, MessageSupport
    from swb_adapters.sdk.paths import PathMap
    from swb_schemas.documents import Document

__all__ = ["check_description", "check_pairs"]

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_STATE: Final = re.compile(r"[A-Z]{2}")
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,8}")


def check_description(info: AdapterInfo) -> Iterator[str]:
    """Check a description against the contract and the catalogue; yields what is wrong."""
    if not _NAME.fullmatch(info.name):
        yield f"expected a name of small letters, digits and hyphens, found {info.name[:60]!r}"
    if not _VERSION.fullmatch(info.version):
        yield f"expected a version major.minor.patch, found {info.version[:60]!r}"
    if info.state and not _STATE.fullmatch(info.state):
        yield f"expected a state of two capital letters or none, found {info.state[:60]!r}"
    if not _SUFFIX.fullmatch(info.file_suffix):
        yield f"expected a file suffix such as .xml, found {info.file_suffix[:60]!r}"
    if "/" not in info.media_type or not info.system:
        yield "expected a media type and a system in words"
    if not info.messages:
        yield "expected at least one message type, found none"
    for message in info.messages:
        yield from _check_message(message)


def _check_message(message: MessageSupport) -> Iterator[str]:
    entry = CATALOGUE.get(message.message_type)
    if entry is None or entry.model is not message.model:
        yield f"expected a message type of the catalogue with its model, found {message!r}"
        return
    if not message.reads and not message.writes:
        yield f"expected {message.message_type} to be read or written, found neither"
    for pattern in message.loses:
        yield from _check_pattern(message.model, pattern)
    for agreement in message.agreements:
        if find_grammar(agreement) is None:
            yield f"expected an agreement that canonical documents know, found {agreement[:60]!r}"


def check_pairs(message: MessageSupport, paths: PathMap) -> Iterator[str]:
    """Check that every canonical pattern of a path map names an element; yields what is wrong."""
    for canonical, _ in paths.pairs:
        yield from _check_pattern(message.model, canonical)


def _check_pattern(model: type[Document], pattern: str) -> Iterator[str]:
    root = pattern.partition("/")[0]
    if root != model.__name__:
        yield f"expected a path that begins with {model.__name__}, found {pattern[:100]!r}"
        return
    try:
        is_mandatory(model, pattern)
    except ValueError as cause:
        yield f"expected {pattern[:100]} to be an element of {model.__name__}: {cause}"
