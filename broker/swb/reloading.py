"""Reloading: what may change under a running daemon is looked at when somebody asks.

========================================  =====================================================
file                                      taken
========================================  =====================================================
trust bundle, newer lists, what the       whenever it changed, with the next message; a reload
operator says of stolen keys              only tells at once what became of it
table of connections, agreements          likewise; a member that is new to a router needs a line,
                                          and so a restart
configuration (the TOML file itself),     at a restart; a reload says which sections differ, or
keys                                      why the file could not be read
========================================  =====================================================

Whatever cannot be taken leaves in force what was there before, and health tells until it is mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.app import Node
    from swb.config import Config

__all__ = ["reload_nodes"]

_log = structlog.get_logger("swb.daemon")

_RELOADED: Final = ("trust", "connections")
"""Checks that look at files which may change."""


async def reload_nodes(
    nodes: Sequence[Node],
    configs: Sequence[Config],
    read_again: Callable[[], Sequence[Config]] | None,
) -> None:
    """Look at everything that may have changed, and log what became of it.

    Args:
        nodes: Running.
        configs: What they were built of.
        read_again: Reads the configurations as they stand now.
    """
    for node in nodes:
        for name in _RELOADED:
            if name in node.checks:
                await _look(node, name)
        node.wake()
    if read_again is not None:
        _compare(configs, read_again)


async def _look(node: Node, name: str) -> None:
    try:
        await node.checks[name]()
    except SwbError as error:
        _log.error("not_reloaded", node=node.name, what=name, code=error.code, reason=error.message)
    else:
        _log.info("reloaded", node=node.name, what=name)


def _compare(configs: Sequence[Config], read_again: Callable[[], Sequence[Config]]) -> None:
    """Say what of the configuration a restart would change."""
    try:
        now = read_again()
    except SwbError as error:
        _log.error("configuration_not_read", code=error.code, reason=error.message)
        return
    for before, after in zip(configs, now, strict=True):
        sections = [
            name
            for name in type(before).model_fields
            if getattr(before, name) != getattr(after, name)
        ]
        if sections:
            _log.warning("restart_needed", state=after.party.state, sections=sections)
