"""Extensions: what may be ignored, and what must be understood or refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from swb_schemas.documents.elements import Extension, Extensions

__all__ = ["check_extensions", "namespace_of"]

_APEX: Final = re.compile(r"<(?:([^\s:/>]+):)?[^\s:/>]+")


def namespace_of(extension: Extension) -> str:
    """Name the namespace of the foreign element; empty for none.

    In exclusive canonical form the first tag declares the prefix that it uses.
    """
    apex = _APEX.match(extension.element)
    if apex is None:
        return ""
    attribute = f"xmlns:{apex[1]}" if apex[1] else "xmlns"
    tag = extension.element[: extension.element.index(">")]
    declared = re.search(rf' {re.escape(attribute)}="([^"]*)"', tag)
    return declared[1] if declared else ""


def check_extensions(extensions: Extensions | None, *, understood: AbstractSet[str]) -> None:
    """Require every extension that must be understood to be understood.

    Args:
        extensions: Of a message or a document.
        understood: Namespaces that the caller acts upon.

    Raises:
        RefusedError: ``extension.not_understood``.
    """
    for extension in extensions.extensions if extensions else ():
        namespace = namespace_of(extension)
        if extension.must_understand and namespace not in understood:
            message = f"expected extensions that are understood, found {namespace[:120]!r}"
            raise RefusedError("extension.not_understood", message)
