"""Checks of what an adapter says of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.contract import Adapter
from swb_adapters.sdk.losses import is_mandatory
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.xml.plans import Child, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk.contract import AdapterInfo, MessageSupport
    from swb_adapters.sdk.paths import PathMap
    from swb_schemas.documents.elements import Aggregate

__all__ = ["check_info", "check_paths", "list_paths"]

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def check_info(adapter: Adapter) -> tuple[str, ...]:
    """Check that an adapter's description is complete and agrees with the catalogue."""
    if not isinstance(adapter, Adapter):
        return ("expected info, to_canonical and from_canonical",)
    return tuple(_check_info(adapter.info))


def _check_info(info: AdapterInfo) -> Iterator[str]:
    if not _NAME.fullmatch(info.name):
        yield f"expected a name of small letters, digits and hyphens, found {info.name!r}"
    if not _VERSION.fullmatch(info.version):
        yield f"expected a version major.minor.patch, found {info.version!r}"
    if info.state and not re.fullmatch(r"[A-Z]{2}", info.state):
        yield f"expected a state of two capital letters or none, found {info.state!r}"
    if not re.fullmatch(r"\.[a-z0-9]{1,8}", info.file_suffix):
        yield f"expected a file suffix such as .xml, found {info.file_suffix!r}"
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
        try:
            is_mandatory(message.model, pattern)
        except ValueError as cause:
            yield f"expected {pattern} to be an element of {message.model.__name__}: {cause}"


def check_paths(message: MessageSupport, paths: PathMap) -> tuple[str, ...]:
    """Check that every element of a document type has a national path, or is declared lost.

    Args:
        message: What the adapter says of the message type.
        paths: Of a reading or a rendering of that type.
    """
    lost = tuple(pattern.replace("[*]", "") for pattern in message.loses)
    whole = paths.find_national(message.model.__name__)
    return tuple(
        f"expected a national path for {path}, found none"
        for path in list_paths(message.model)
        if paths.find_national(path) in {"", whole} and not path.replace("[1]", "").startswith(lost)
    )


def list_paths(model: type[Aggregate], path: str = "") -> Iterator[str]:
    """List the canonical paths of all leaves of a model, each repeated element at position 1."""
    path = path or model.__name__
    plan = plan_of(model)
    for attribute in plan.attributes:
        name = attribute.spelled
        if path != model.__name__:
            yield f"{path}/@{name}"
    if plan.text is not None:
        yield path
    for child in plan.children:
        yield from _list_below(child, path)
    if not plan.children and plan.text is None and path != model.__name__:
        yield path


def _list_below(child: Child, path: str) -> Iterator[str]:
    below = f"{path}/{child.tag}" + ("[1]" if child.repeated else "")
    if child.model is None:
        yield below
    else:
        yield from list_paths(child.model, below)
