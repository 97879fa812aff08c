"""The region's evidence log as this gateway watches it: checkpoints, cosignatures, incidents."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from swb.app.ledger import open_witness_store
from swb_schemas.wire.ledger.checkpoint import parse_checkpoint

if TYPE_CHECKING:
    from starlette.responses import Response

    from swb.console.pages import Visit

__all__ = ["show"]

_SHOWN: Final = 50


async def show(visit: Visit) -> Response:
    """Show the latest checkpoints."""
    desk = visit.desk
    section = desk.config.witness
    if section is None:
        return visit.show("log.html", watches=False)
    async with open_witness_store(desk.config) as store:
        last = await store.find_last(section.origin)
        cosigned = await store.list_latest(section.origin, limit=_SHOWN)
        incidents = await store.list_incidents(section.origin)
    age = await desk.node.stamping.find_age() if desk.node.stamping else None
    return visit.show(
        "log.html",
        watches=True,
        origin=section.origin,
        place=section.log,
        last=last,
        root=b64encode(parse_checkpoint(last.note)[0].root).decode() if last else "",
        cosigned=cosigned,
        incidents=incidents,
        stamps=desk.config.evidence is not None,
        age=age,
    )
