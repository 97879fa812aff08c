"""A region of two states whose first has a console, run in a thread beside the browser's tests.

One for all tests of a file: everything is real and embedded, only traders, authorities and
customs are simulated.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from swb.app.accounts import open_accounts
from swb.backends.sqlite.store_rows import encode_instant
from swb.clock import SystemClock, new_id
from swb.config import load_config
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.lifecycle import Fact
from swb.ports import BuriedMessage, Draft, GlanceFilter
from swb.sandbox.demo import draw_documents
from swb_schemas.documents.elements import LocalText
from swb_schemas.xml.codec import encode
from tests.integration.daemons import lay_out, running

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from pathlib import Path

    from swb.app import Node
    from swb.app.node import Desk
    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["ATTACK", "FIELDS", "NAMES", "PAGES_PER_SECOND", "PEOPLE", "World", "password_of"]

PEOPLE: Final = {
    "vera": AccessRole.VIEWER,
    "olga": AccessRole.OPERATOR,
    "otto": AccessRole.OPERATOR,
    "adam": AccessRole.ADMINISTRATOR,
    "rita": AccessRole.REGULATOR,
}
"""Who may sign in, and what they are."""
ATTACK: Final = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"
"""A name that is none."""
NAMES: Final = {
    "my": "မြန်မာ့လယ်ယာထွက်ကုန်ပို့ကုန်ကုမ္ပဏီလီမိတက်",
    "km": "ក្រុមហ៊ុននាំចេញផលិតផលកសិកម្មកម្ពុជា ឯ.ក",
    "lo": "ບໍລິສັດ ສົ່ງອອກຜະລິດຕະພັນກະສິກໍາລາວ ຈໍາກັດ",
    "th": "บริษัท ผู้ส่งออกสินค้าเกษตรตัวอย่างแห่งประเทศไทย จำกัด (มหาชน)",
    "vi": "Công ty Cổ phần Xuất nhập khẩu Nông sản Thực phẩm Đồng bằng Sông Cửu Long",
}
"""Names of the region, in its scripts."""
FIELDS: Final = {
    "Agreement": "ATIGA",
    "Edition": "2021",
    "ReferenceNumber": "CONSOLE-9999",
    "IssuingCountry": "TH",
    "Exporter/Name": "Siam Example Export Co., Ltd.",
    "Item[1]/SequenceNumber": "1",
    "Item[1]/Description": "Stoneware mugs of 350 ml",
}
"""A form that somebody has begun to fill in."""
PAGES_PER_SECOND: Final = 200
"""More than any test asks for, and little enough to be used up by one."""
_LONG: Final = "International-Consolidated-Agricultural-Products-Manufacturing-and-Trading-" * 4
_NOBODY: Final = "http://127.0.0.1:9/"
"""A time-stamp authority that is down, so that there is evidence without time-stamps."""
_DOCUMENTS: Final = 14
_QUIET_WITHIN: Final = 60.0


def password_of(name: str) -> str:
    """What somebody signs in with."""
    return f"correct horse {name} battery"


@dataclass(slots=True)
class World:
    """What runs.

    Attributes:
        folder: Where everything lies.
        url: Of the console.
        documents: Ids of documents that were exchanged, by what is special about them.
        letters: Ids of dead letters.
        signed_in: Cookies of people who are signed in, by name.
    """

    folder: Path
    url: str = ""
    documents: dict[str, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    signed_in: dict[str, Any] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _nodes: Sequence[Node] = ()
    _stop: asyncio.Event | None = None
    _failure: BaseException | None = None
    _gateway: Path | None = None

    def start(self) -> None:
        """Run everything, and exchange some documents."""
        ready = threading.Event()

        def run() -> None:
            try:
                self._loop.run_until_complete(self._run(ready))
            except BaseException as failure:  # noqa: BLE001 - told to whoever waits
                self._failure = failure
            finally:
                self._loop.run_until_complete(self._loop.shutdown_default_executor())
                self._loop.close()
                ready.set()

        self._thread = threading.Thread(target=run, name="console world", daemon=True)
        self._thread.start()
        ready.wait(100)
        if self._failure is not None:
            raise self._failure

    def end(self) -> None:
        """End everything in order."""
        assert self._stop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        if self._failure is not None:
            raise self._failure

    def ask(self, what: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - whatever was asked
        """Do something in the daemon's own loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    def let_in(self, name: str, role: AccessRole) -> None:
        """Let one more person sign in."""
        assert self._gateway is not None
        self.ask(_make_people(self._gateway, {name: role}))

    def keep_draft(self, name: str) -> str:
        """Keep a draft of somebody's, as the form keeps it; returns its id."""
        draft_id = new_id()
        draft = Draft(
            draft_id=draft_id,
            owner=f"TH {name}",
            title="CONSOLE-9999",
            content=json.dumps(FIELDS).encode(),
            version=1,
            changed_at=SystemClock().now(),
        )
        assert self.ask(self.desk.drafts.save_draft(draft))
        return draft_id

    def age_session(self, digest: str, *, idle: bool, by: timedelta) -> None:
        """Have a session be older than it is: begun earlier, or without a request for so long."""
        column = "seen_at" if idle else "begun_at"
        file = self.folder / "region" / "store" / "TH.access.db"
        then = encode_instant(SystemClock().now() - by)
        with closing(sqlite3.connect(file, timeout=20)) as connection, connection:
            changed = connection.execute(
                f"UPDATE sessions SET {column} = ? WHERE digest = ?",  # noqa: S608 - a constant
                (then, digest),
            )
            assert changed.rowcount == 1

    @property
    def desk(self) -> Desk:
        """What the console is made of."""
        (desk,) = (node.desk for node in self._nodes if node.desk is not None)
        return desk

    async def _run(self, ready: threading.Event) -> None:
        region = await lay_out(self.folder / "region", states=("TH", "VN"), time_stamps=_NOBODY)
        gateway = region.gateways["TH"]
        with gateway.open("a", encoding="utf-8") as file:
            file.write('\n[api]\nport = 0\naccess = "store/TH.access.db"\n')
            file.write(f"pages_per_second = {PAGES_PER_SECOND}\n")
            file.write('\n[approvals]\ntwo_people = ["discard"]\n')
            file.write('\n[overview]\ninterval_seconds = 0.05\nzone = "+07:00"\n')
        self._gateway = gateway
        await _make_people(gateway)
        async with running(region.configs()) as (nodes, stop):
            self._nodes, self._stop = nodes, stop
            self.url = f"http://127.0.0.1:{self._find_port()}/console"
            await self._exchange()
            ready.set()
            await stop.wait()

    def _find_port(self) -> int:
        (port,) = (node.ports["api"] for node in self._nodes if "api" in node.ports)
        return port

    async def _exchange(self) -> None:
        today = SystemClock().now().date()
        drawn = draw_documents(states=("TH", "VN"), documents=_DOCUMENTS, seed=7, on=today)
        for node in self._nodes:
            if node.authority is not None:
                own = [each for each in drawn if each.issuing_country == node.state]
                await asyncio.to_thread(node.authority.file, own)
        pattern = next(each for each in drawn if _is_usual(each))
        for name, certificate in _draw_special(pattern).items():
            accepted = await self.desk.entering.submit(encode(certificate))
            self.documents[name] = accepted.document_id
        at = SystemClock().now()
        for number in range(3):
            digest = f"sha-256:{number:064x}"
            self.letters.append(digest)
            await self.desk.store.bury(
                BuriedMessage(
                    octets_digest=digest,
                    octets=b"<html>not a message</html>",
                    line="TH",
                    code="xml.malformed",
                    detail="expected XML, found '<html>' that is not closed",
                    buried_at=at - timedelta(hours=30 * number),
                )
            )
        async with asyncio.timeout(_QUIET_WITHIN):
            while not await self._is_quiet():  # noqa: ASYNC110 - stores tell nobody
                await asyncio.sleep(0.1)

    async def _is_quiet(self) -> bool:
        """Whether all have arrived, and the figures tell it."""
        found = await self.desk.overview.list_glances(GlanceFilter(), limit=200)
        lags = await self.desk.overview.find_lag()
        early = {"", Fact.AS1, Fact.RELAYED, Fact.AS2}
        there = {each.document_id for each in found if each.status not in early}
        return there >= set(self.documents.values()) and not any(each.behind for each in lags)


async def _make_people(gateway: Path, people: Mapping[str, AccessRole] = PEOPLE) -> None:
    async with open_accounts(load_config(gateway), who="tests") as accounts:
        for name, role in people.items():
            principal = Principal(
                name=name, kind=PrincipalKind.PERSON, state="TH", roles=frozenset({role})
            )
            await accounts.create_user(principal, password_of(name))


def _is_usual(document: object) -> bool:
    return (
        type(document).__name__ == "CertificateOfOrigin"
        and getattr(document, "issuing_country", "") == "TH"
        and getattr(document, "agreement", "") == "ATIGA"
    )


def _draw_special(pattern: Any) -> dict[str, CertificateOfOrigin]:  # noqa: ANN401 - a certificate
    """Draw certificates like one, each with what pages must bear."""

    def change(number: int, **exporter: object) -> CertificateOfOrigin:
        certificate: CertificateOfOrigin = pattern.model_copy(
            update={
                "reference_number": f"CONSOLE-{number:04}",
                "exporter": pattern.exporter.model_copy(update=exporter),
            }
        )
        return certificate

    texts = tuple(LocalText(lang=lang, value=name) for lang, name in NAMES.items())
    return {
        "attack": change(1, name=ATTACK),
        "scripts": change(2, national_names=texts),
        "long": change(3, name=_LONG[:300]),
    }
