"""Payloads that the fuzzer begins with, and those that once showed a fault."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb.plugins import discover_adapters
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.testing import hostile_payloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk import Adapter

__all__ = ["CORPUS", "find_adapter", "list_hostile", "list_kept", "list_names", "list_samples"]

CORPUS: Final = Path(__file__).parent / "corpus"
"""A folder for each adapter, of payloads that showed a fault; every test run tries them again."""
_LARGE: Final = 1_000_000


def list_names() -> list[str]:
    """The adapters that come with the broker."""
    return sorted(
        path.name.replace("_", "-")
        for path in Path(str(files("swb_adapters"))).iterdir()
        if (path / "samples").is_dir() and path.name != "sdk"
    )


def find_adapter(name: str) -> Adapter:
    """Find an adapter by its name."""
    return discover_adapters().get(name)


def list_samples(name: str) -> list[bytes]:
    """The samples that come with an adapter, and workbooks for those that read them."""
    folder = Path(str(files(f"swb_adapters.{name.replace('-', '_')}"))) / "samples"
    found = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    books = Path(__file__).parent.parent / "unit" / "adapters" / "workbooks"
    if name == "brunei":
        found += [path.read_bytes() for path in sorted(books.glob("*.xlsx"))]
    return found


def list_kept(name: str) -> list[Path]:
    """What once showed a fault of an adapter."""
    folder = CORPUS / name
    return sorted(folder.iterdir()) if folder.is_dir() else []


def list_hostile(name: str) -> Iterator[bytes]:
    """What is hostile in any syntax, made of the first sample."""
    sample = list_samples(name)[0]
    for syntax in ("xml", "json", "edifact"):
        try:
            yield from (raw for _, raw in hostile_payloads(sample, syntax=syntax))
        except ValueError:
            continue  # what is hostile in one syntax cannot be made of another one
    yield b"A" * DEFAULT_LIMITS.octets
    yield b"\r\n" * _LARGE
    yield b'"' * _LARGE
    yield b"[" * _LARGE
    yield b"'" * _LARGE
