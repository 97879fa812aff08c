"""The adapters of a national system: installed ones, and programs that speak the command protocol.

A program is started once for a configuration and shared by whatever needs it in this process; it
ends when nobody needs it any more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from swb.adapter_process import AdapterProcess, ProcessBounds
from swb.formats import InProcessFormats
from swb.plugins import discover_adapters
from swb_adapters.sdk.command import CommandAdapter
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from swb.config import CommandConfig, NationalConfig
    from swb_adapters.sdk import Adapter

__all__ = [
    "SharedFormats",
    "Sheets",
    "get_formats",
    "open_adapters",
    "open_entering",
    "open_sheets",
]

_BY_HAND: Final = "canonical"
"""The adapter of what people enter by hand: the form makes canonical documents."""
_SHEETS: Final = "brunei"
"""The adapter of the spreadsheet that people fill in, whatever their state."""
_OWN_SHEETS: Final = {"BN": "template-form-d.csv"}
"""Empty spreadsheets in the words of one state."""
_NEUTRAL_SHEET: Final = "template-form-d-neutral.csv"
_ISSUING_ROW: Final = b"\r\nIssuing country,"


class SharedFormats:
    """What one node's national system speaks, opened when it is first needed.

    Args:
        national: Its section; None where the node has no national system.
    """

    def __init__(self, national: NationalConfig | None) -> None:
        self._national = national
        self._adapters: Sequence[Adapter] = ()
        self._formats: InProcessFormats | None = None

    def get(self) -> InProcessFormats:
        """Open it.

        Raises:
            RefusedError: ``adapter.unknown``, ``adapter.command``, ``config.invalid``.
            UnavailableError: ``adapter.unavailable``.
        """
        if self._formats is None:
            if self._national is None:
                message = "expected a section [national] in the configuration"
                raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
            self._adapters = open_adapters(self._national)
            self._formats = InProcessFormats(self._adapters)
        return self._formats

    def list_checks(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """List what health asks, by name: whether each program runs."""
        return {
            f"adapter {each.info.name}": partial(asyncio.to_thread, each.ping)
            for each in self._adapters
            if isinstance(each, CommandAdapter)
        }

    def close(self) -> None:
        """End the programs; safe to repeat."""
        for each in self._adapters:
            if isinstance(each, CommandAdapter):
                each.close()


def open_adapters(national: NationalConfig) -> Sequence[Adapter]:
    """Get a national system's adapters in the order of its configuration.

    Raises:
        RefusedError: ``adapter.unknown``, ``adapter.command``.
        UnavailableError: ``adapter.unavailable``.
    """
    commands = national.commands
    names = [name for name in national.adapters if name not in commands]
    installed = discover_adapters(names=names)
    return [
        _start(name, commands[name]) if name in commands else installed.get(name)
        for name in national.adapters
    ]


def get_formats(national: NationalConfig) -> InProcessFormats:
    """Get what a national system speaks by the names of its adapters.

    Raises:
        RefusedError: ``adapter.unknown``, ``adapter.command``, ``config.invalid``.
        UnavailableError: ``adapter.unavailable``.
    """
    return InProcessFormats(open_adapters(national))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The spreadsheet that an office without a system fills in.

    Attributes:
        formats: Reads one.
        template: An empty one, CSV.
    """

    formats: InProcessFormats
    template: bytes


def open_sheets(state: str) -> Sheets:
    """Get what reads the spreadsheets that people bring.

    Args:
        state: Whose people: the empty sheet is in the words of their state, or in those of none and
            with their state in the row of the issuing country.

    Raises:
        RefusedError: ``adapter.unknown``.
    """
    name = _OWN_SHEETS.get(state, _NEUTRAL_SHEET)
    template = (files("swb_adapters") / _SHEETS / "templates" / name).read_bytes()
    if name == _NEUTRAL_SHEET:
        template = template.replace(_ISSUING_ROW, _ISSUING_ROW + state.encode(), 1)
    return Sheets(
        formats=InProcessFormats([discover_adapters(names=[_SHEETS]).get(_SHEETS)]),
        template=template,
    )


def open_entering() -> InProcessFormats:
    """Get what reads documents that people enter by hand, whatever the national system speaks.

    Raises:
        RefusedError: ``adapter.unknown``.
    """
    return InProcessFormats([discover_adapters(names=[_BY_HAND]).get(_BY_HAND)])


def _start(name: str, section: CommandConfig) -> Adapter:
    bounds = ProcessBounds(
        answer_within=section.timeout_seconds,
        megabytes=section.memory_megabytes,
        starts=section.starts_a_minute,
    )
    process = AdapterProcess(
        name, section.command, folder=section.folder, bounds=bounds, log=section.log
    )
    adapter = CommandAdapter(process)
    if adapter.info.name != name:
        adapter.close()
        message = f"expected the command of {name!r} to call itself so, found {adapter.info.name!r}"
        raise RefusedError("adapter.command", message[:500], actor=Actor.OPERATOR)
    return adapter
