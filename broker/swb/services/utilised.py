"""What customs said of a certificate, read from the store, and whether any of it was utilised.

The fact of a response tells its decision rolled up, which is NOT GIVEN or PENDING where one item
is; what was utilised of the others stands in the response itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.core.lifecycle import DECISIONS, Fact, judge_exchange
from swb_schemas.documents import CustomsResponse
from swb_schemas.exchanges import State
from swb_schemas.rulebook.utilisation import add_up
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Collection

    from swb.ports import DocumentRecord, Documents, Event

__all__ = ["is_utilised", "read_responses"]


async def is_utilised(
    store: Documents, certificate: DocumentRecord, events: Collection[Event]
) -> bool:
    """Whether anything of a certificate stands as utilised.

    Where the responses are erased, only the last decision tells.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    numbers = {each.revision for each in events if each.name in DECISIONS}
    if not numbers:
        return False
    state = judge_exchange((Fact(each.name), each.revision) for each in events)
    if state.preference is State.GIVEN:
        return True
    return bool(add_up(await read_responses(store, certificate, numbers)))


async def read_responses(
    store: Documents, certificate: DocumentRecord, numbers: Collection[int]
) -> tuple[CustomsResponse, ...]:
    """Read the responses of customs on a certificate that have these numbers and are kept.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    trail = await store.find_trail(certificate.document_id)
    read = [read_kept(each.octets)[1] for each in (trail.answers if trail else ()) if each.octets]
    return tuple(
        each
        for each in read
        if isinstance(each, CustomsResponse) and each.response_number in numbers
    )
