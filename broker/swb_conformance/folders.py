"""The folders of the vectors, read when somebody looks.

Below ``vectors/`` stands a folder for each group, in it one for each vector: ``README.md`` says why
it is there, ``case.toml`` what is asked and what must come out, ``input/`` holds octets as they
arrive, ``expected/`` octets that must come out. The folder's path is the vector's name. What many
vectors share stands in ``material/``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable

__all__ = ["Files", "load_group", "read_material", "require_keys"]

Loaded = TypeVar("Loaded")
_MATERIAL = "material/"


class Files(Mapping[str, bytes]):
    """The files of one vector, and what all share: octets by path, read when asked for.

    Args:
        folder: The vector's; without one there are none.
    """

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder

    def __getitem__(self, path: str) -> bytes:
        """Read ``input/...``, ``expected/...`` or ``material/...``.

        Raises:
            KeyError: There is no such file.
        """
        if path.startswith(_MATERIAL):
            return read_material(path)
        return _read(self._folder, path)

    def __iter__(self) -> Iterator[str]:
        """List what stands in ``input/`` and ``expected/``, by path."""
        for room in ("expected", "input"):
            folder = self._folder / room
            if folder.is_dir():
                for each in sorted(folder.iterdir(), key=lambda one: one.name):
                    yield f"{room}/{each.name}"

    def __len__(self) -> int:
        """Count the vector's own files."""
        return sum(1 for _ in self)


def load_group(
    group: str, build: Callable[[str, Mapping[str, Any], Files], Loaded]
) -> tuple[Loaded, ...]:
    """Read every vector of a group, in order of name.

    Args:
        group: Name of the folder below ``vectors/``.
        build: Makes a vector of its name, of what its ``case.toml`` tells, and of its files.

    Raises:
        RefusedError: ``vector.malformed``.
    """
    folder = _vectors() / group
    if not folder.is_dir():
        return ()
    return tuple(
        _load(each, f"{group}/{each.name}", build)
        for each in sorted(folder.iterdir(), key=lambda one: one.name)
    )


def load_reason(name: str) -> str:
    """Read why a vector is there: its README without heading and clause, in one line.

    Args:
        name: Path below ``vectors/``.
    """
    lines = read_material(f"{name}/README.md").decode().splitlines()
    kept = [each for each in lines if each and not each.startswith(("#", "Clause:"))]
    return " ".join(kept)


def require_keys(told: Mapping[str, Any], *names: str) -> None:
    """Require a table to have exactly these keys.

    Raises:
        ValueError: Another one, or one is missing.
    """
    if set(told) != set(names):
        message = f"expected exactly {', '.join(sorted(names))}"
        raise ValueError(message)


def _load(
    folder: Traversable, name: str, build: Callable[[str, Mapping[str, Any], Files], Loaded]
) -> Loaded:
    try:
        told = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        return build(name, told, Files(folder))
    except (OSError, ValueError, KeyError, TypeError) as cause:
        message = f"expected a vector in {name}, found: {str(cause)[:200]}"
        raise RefusedError("vector.malformed", message, actor=Actor.DEVELOPER) from cause


def _vectors() -> Traversable:
    return files("swb_conformance") / "vectors"


@cache
def read_material(path: str) -> bytes:
    """Read ``material/...``, which many vectors share.

    Raises:
        KeyError: There is no such file.
    """
    return _read(_vectors(), path)


def _read(start: Traversable, path: str) -> bytes:
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            message = f"expected a path inside the vector, found {path!r}"
            raise KeyError(message)
        start /= part
    try:
        return start.read_bytes()
    except OSError as cause:
        raise KeyError(path) from cause
