"""Checks of what an adapter says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_adapters.sdk.contract import Adapter
from swb_adapters.sdk.descriptions import check_description, check_pairs
from swb_schemas.xml.plans import Child, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk.contract import MessageSupport
    from swb_adapters.sdk.paths import PathMap
    from swb_schemas.documents.elements import Aggregate

__all__ = ["check_info", "check_paths", "list_paths"]


def check_info(adapter: Adapter) -> tuple[str, ...]:
    """Check that an adapter's description is complete and agrees with the catalogue."""
    if not isinstance(adapter, Adapter):
        return ("expected info, to_canonical and from_canonical",)
    return tuple(check_description(adapter.info))


def check_paths(message: MessageSupport, paths: PathMap) -> tuple[str, ...]:
    """Check that every element of a document type has a national path, or is declared lost.

    Args:
        message: What the adapter says of the message type.
        paths: Of a reading or a rendering of that type.
    """
    wrong = tuple(check_pairs(message, paths))
    lost = tuple(pattern.replace("[*]", "") for pattern in message.loses)
    whole = paths.find_national(message.model.__name__)
    return wrong + tuple(
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
