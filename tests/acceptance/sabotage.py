"""A nursery whose daemons are broken on purpose, to see that the judge of drills can fail.

``SABOTAGE`` names what is wrong with them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from swb.backends.files import DropFolder
from swb.clock import new_id
from swb.ports import Settlement
from swb.sandbox import nursery
from swb.services.inbox import InboxService

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from swb.ports import Delivery


def settle_before_commit() -> None:
    """The transport forgets a message before the store has it."""
    take = InboxService._take  # noqa: SLF001 - broken on purpose

    async def take_at_once(self: InboxService, delivery: Delivery) -> None:
        await self._transport.settle(delivery, Settlement.ACCEPT)
        await take(self, delivery)

    InboxService._take = take_at_once  # type: ignore[method-assign]  # noqa: SLF001 - what is sabotaged


def name_deliveries_anew() -> None:
    """A delivery that is repeated has another name, so that nobody recognises it."""
    deliver = DropFolder.deliver

    async def deliver_anew(self: DropFolder, payload: bytes, **named: Any) -> None:  # noqa: ANN401 - as `deliver` takes them
        await deliver(self, payload, **{**named, "delivery_id": new_id()})

    DropFolder.deliver = deliver_anew  # type: ignore[method-assign]  # what is sabotaged


SABOTAGES: dict[str, Callable[[], None]] = {
    "settle before commit": settle_before_commit,
    "name deliveries anew": name_deliveries_anew,
}

if __name__ == "__main__":
    SABOTAGES[os.environ["SABOTAGE"]]()
    nursery.main()
