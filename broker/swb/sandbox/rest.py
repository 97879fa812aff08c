"""Whether a region is at rest: nothing is on its way, and nobody is about to say more.

A certificate begets receipts, responses, cancellations, verifications and what is replied to them,
each as late as people are. What moves while it is looked for can slip past single looks: from a
door into a store that was looked at before. So `Rest` looks the way things go, and last of all
whether anything was sent meanwhile; only where nothing was, what it saw was so at one time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from swb.ports import Direction
from swb_schemas.parties import REGION, parse_party_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb.ports import MessageStore
    from swb.sandbox.region import Region

__all__ = ["Rest", "count_in_doors"]

_DOORS: Final = ("out", "later", "in")
"""In the order in which a single window works: it has put its answer into one of the others when
what it answers leaves the first, and what waited for its time leaves the second for the third."""


def count_in_doors(region: Region) -> int:
    """Payloads before gateways and single windows, and those that a single window sends later."""
    return sum(
        path.is_file() and not path.name.startswith(".")
        for door in _DOORS
        for state in region.states
        if (region.drop_folder(state) / door).is_dir()
        for path in (region.drop_folder(state) / door).iterdir()
    )


class Rest:
    """Looks whether a region is at rest; remembers how far it has read the stores.

    Args:
        region: Whose.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._read_to: Counter[str] = Counter()
        self._sent: set[str] = set()
        self._arrived: set[str] = set()

    async def is_reached(self, stores: Mapping[str, MessageStore]) -> bool:
        """Tell whether everything has come to rest.

        Args:
            stores: Of the gateways by state, and of the router as `REGION`.
        """
        if await self.count_on_lines(stores):
            return False
        sent = len(self._sent)
        for store in stores.values():
            counts = await store.count()
            if counts.outbound or counts.deliveries or counts.held:
                return False
        if count_in_doors(self._region):
            return False
        await self._read(stores)
        return len(self._sent) == sent

    async def count_on_lines(self, stores: Mapping[str, MessageStore]) -> int:
        """Count messages that one store sent and that whom they are for has not received."""
        await self._read(stores)
        for message_id in self._sent - self._arrived:
            received = await stores[REGION].find_message(message_id)
            if (
                received is not None
                and received.direction is Direction.IN
                and parse_party_id(received.receiver).state == REGION
            ):
                self._arrived.add(message_id)
        return len(self._sent - self._arrived)

    async def _read(self, stores: Mapping[str, MessageStore]) -> None:
        """Read what was committed since the last look; what the router passed on is on its way."""
        for state, store in stores.items():
            while page := await store.list_recorded(after=self._read_to[state]):
                for each in page:
                    if each.direction is Direction.OUT:
                        self._sent.add(each.message_id)
                    elif state != REGION:
                        self._arrived.add(each.message_id)
                self._read_to[state] = page[-1].position
