"""A simulated national single window at work beside a gateway's drop folder.

It files certificates of its traders, takes what the gateway hands over, keeps a register of it
and answers as its customs office would, at once or later. It recognises a repeated delivery by the
delivery's id and counts a certificate that takes effect twice; after a crash it goes on from its
register, and what it was about to say waits in the folder ``later``.

It can be down for a while: its door outward is away then, as a share that is not mounted.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from swb.atomic import replace_file
from swb.simulator.applications import apply_for
from swb.simulator.customs import draw_answers, draw_conduct
from swb.simulator.exchanges import (
    conclude,
    draw_cancellation,
    draw_request,
    explain,
    reply_to,
)
from swb.simulator.goods import STATES
from swb.simulator.phytosanitary import withdraw
from swb_adapters.sdk import find_reader, find_writer
from swb_schemas.documents import (
    AboutCertificate,
    Cancellation,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    LeadingDocument,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.customs import Decision, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = [
    "REGISTER",
    "RegisteredCertificate",
    "SimulatedAuthority",
    "file_name",
    "read_answers",
    "read_register",
    "read_returned",
]

REGISTER: Final = "register.jsonl"
"""The file of the register, in the authority's folder."""
_ANSWERS: Final = "answers.jsonl"
_DECISIONS: Final = "decisions.jsonl"
_CANCELLED: Final = "cancelled.jsonl"
_TAKEN_BACK: Final = "taken_back.jsonl"
_WITHDRAWN: Final = "-withdrawn"
_LATER: Final = "later"
_APPLICATIONS: Final = "applications.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCertificate:
    """One line of the register: one hand-over of a certificate.

    A certificate whose hand-over was repeated has several lines of one delivery, and takes effect
    once; one that has lines of several deliveries was doubled.

    Attributes:
        certificate_key: ``STATE:office:number``.
        delivery_id: By which the gateway named the delivery.
        received_at: When it was taken.
    """

    certificate_key: str
    delivery_id: str
    received_at: datetime


def read_register(folder: Path) -> list[RegisteredCertificate]:
    """Read the register of an authority; a last line that a crash cut short does not count."""
    found = []
    try:
        lines = (folder / REGISTER).read_text(encoding="utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return []
    for line in lines:
        key, delivery_id, received_at = json.loads(line)
        found.append(
            RegisteredCertificate(
                certificate_key=key,
                delivery_id=delivery_id,
                received_at=datetime.fromisoformat(received_at),
            )
        )
    return found


def read_answers(folder: Path) -> dict[str, set[tuple[str, str]]]:
    """Read which answers an authority was given.

    Returns:
        Certificate key to (type of the answer, delivery's name); a repeated hand-over of one
        delivery is one.
    """
    file = folder / _ANSWERS
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
    found: dict[str, set[tuple[str, str]]] = {}
    for key, kind, delivery_id in map(json.loads, lines):
        found.setdefault(key, set()).add((kind, delivery_id))
    return found


def read_returned(folder: Path) -> dict[str, list[str]]:
    """Read which applications went back to their traders: certificate key to broken rules."""
    file = folder / _APPLICATIONS
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {key: reasons for key, _, reasons in map(json.loads, lines) if reasons}


class SimulatedAuthority:
    """One state's single window.

    Args:
        state: ISO 3166-1 alpha-2.
        folder: The drop folder that it shares with its gateway; its register lies there too.
        adapters: The state's adapters, used as the state's own software would be: its payloads
            are what the first that writes a kind of document writes.
        seed: What it decides is drawn from it.
        now: The clock.
        answers: Whether its customs office answers.
        patience: How long a late answer takes, about.
        down_for: Seconds for which it is down when it starts.
        poll_for: Seconds between two looks at the folder when nothing happens.
    """

    def __init__(
        self,
        *,
        state: str,
        folder: Path,
        adapters: Sequence[Adapter],
        seed: int,
        now: Callable[[], datetime],
        answers: bool = True,
        patience: timedelta = timedelta(seconds=1),
        down_for: float = 0,
        poll_for: float = 0.1,
    ) -> None:
        self._state = state
        self._folder = folder
        self._adapters = tuple(adapters)
        self._seed = seed
        self._now = now
        self._answers = answers
        self._patience = patience
        self._down_for = down_for
        self._poll_for = poll_for
        self._received: dict[str, RegisteredCertificate] = {}

    def open(self) -> None:
        """Make the folders and read the register."""
        if self._away.exists():
            self._come_back()
        for name in ("in", "out", "parallel", "taken", _LATER):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        register = self._folder / REGISTER
        if register.exists():
            octets = register.read_bytes()
            complete = octets.rfind(b"\n") + 1
            if complete < len(octets):
                os.truncate(register, complete)
        self._received = {}
        for line in read_register(self._folder):
            self._received.setdefault(line.delivery_id, line)

    def file(self, documents: Iterable[Document]) -> int:
        """Put documents before the gateway, as the payloads of its own format.

        Returns:
            How many.
        """
        filed = list(documents)
        for count, document in enumerate(filed, start=1):
            if isinstance(document, CertificateOfOrigin):
                self._issue(document)
            elif isinstance(document, LeadingDocument):
                name = f"{type(document).__name__}-{file_name(str(document.key))}"
                self._put(name, document)
                self._take_back(document, name)
            else:
                self._put(f"{type(document).__name__}-{count}", document)
        return len(filed)

    def _take_back(self, document: LeadingDocument, name: str) -> None:
        """Have some certificates taken back later, by their status."""
        withdrawn = withdraw(document, seed=self._seed)
        if withdrawn is not None:
            due = self._now() + 2 * self._patience
            self._put(f"{name}{_WITHDRAWN}", withdrawn, due=due)

    def _issue(self, certificate: CertificateOfOrigin) -> None:
        """Have a trader apply, and file what is approved."""
        now = self._now()
        for examined in apply_for(certificate, seed=self._seed, on=now.date()):
            row: list[object] = [str(certificate.key), now.isoformat(), list(examined.reasons)]
            self._append(_APPLICATIONS, row)
            if not examined.reasons:
                name = f"certificate-{file_name(str(certificate.key))}"
                self._put(name, examined.certificate)

    async def run(self) -> None:
        """Work until cancelled."""
        if self._down_for:
            (self._folder / "out").rename(self._away)
            try:
                await asyncio.sleep(self._down_for)
            finally:
                self._come_back()
        while True:
            if not await asyncio.to_thread(self.work_once):
                await asyncio.sleep(self._poll_for)

    def work_once(self) -> int:
        """Take everything that the gateway has handed over.

        Returns:
            How many deliveries it was, and answers that were due.
        """
        waiting = sorted(
            path
            for door in ("out", "parallel")
            for path in (self._folder / door).iterdir()
            if not path.name.startswith(".") and not path.name.endswith(".advice.json")
        )
        for path in waiting:
            self._take(path)
        return len(waiting) + self._say_what_is_due()

    @property
    def _away(self) -> Path:
        return self._folder / "out.away"

    def _come_back(self) -> None:
        self._away.rename(self._folder / "out")

    def _say_what_is_due(self) -> int:
        """File the late answers whose time has come."""
        now = self._now().timestamp()
        waiting = [
            (float(path.name.partition("_")[0]), path)
            for path in (self._folder / _LATER).iterdir()
            if not path.name.startswith(".")
        ]
        said = 0
        for path in (path for due, path in sorted(waiting) if due <= now):
            name = path.name.partition("_")[2]
            issued = name.replace(_WITHDRAWN, "")
            if issued == name or not (self._folder / "in" / issued).exists():
                path.replace(self._folder / "in" / name)  # nothing is taken back before it is sent
                said += 1
        return said

    def _take(self, path: Path) -> None:
        delivery_id = path.name.partition(".")[0]
        raw = path.read_bytes()
        document = find_reader(self._adapters, raw).to_canonical(raw).document
        if isinstance(document, LeadingDocument):
            self._receive(delivery_id, document)
        elif isinstance(document, CustomsReceipt | CustomsResponse):
            kind = type(document).__name__
            self._append(_ANSWERS, [str(document.subject.key), kind, delivery_id])
            if isinstance(document, CustomsResponse):
                self._consider(document, delivery_id)
        elif isinstance(document, AboutCertificate):
            self._answer(document, delivery_id)
        else:
            message = f"{self._state} does not know what to do with a {type(document).__name__}"
            raise TypeError(message)
        advice = path.with_name(f"{path.name}.advice.json")
        for each in (path, advice):
            if each.exists():
                each.replace(self._folder / "taken" / each.name)

    def _enter(self, delivery_id: str, certificate: LeadingDocument) -> RegisteredCertificate:
        """Enter a hand-over into the register; returns the delivery's first."""
        line = RegisteredCertificate(
            certificate_key=str(certificate.key),
            delivery_id=delivery_id,
            received_at=self._now().replace(microsecond=0),
        )
        self._register(line)
        return self._received.setdefault(delivery_id, line)

    def _receive(self, delivery_id: str, certificate: LeadingDocument) -> None:
        if certificate.takes_back:
            self._append(_TAKEN_BACK, [str(certificate.key), delivery_id])
            return
        registered = self._enter(delivery_id, certificate)
        if not self._answers:
            return
        answers = draw_answers(
            certificate,
            state=self._state,
            seed=self._seed,
            at=registered.received_at,
            patience=self._patience,
        )
        for answer in answers:
            name = f"{answer.name}-{file_name(registered.certificate_key)}"
            due = registered.received_at + answer.after if answer.after else None
            self._put(name, answer.document, due=due)
        if isinstance(certificate, CertificateOfOrigin):
            self._verify(certificate, registered)

    def _verify(self, certificate: CertificateOfOrigin, registered: RegisteredCertificate) -> None:
        """Remember what customs decides, and have it ask for a verification of some."""
        decision = draw_conduct(certificate, seed=self._seed).decision
        self._append(_DECISIONS, [registered.certificate_key, decision])
        key = certificate.key
        request = draw_request(
            Subject(
                issuing_country=key.state,
                issuing_office=key.office,
                reference_number=key.number,
            ),
            decision,
            office=STATES[self._state].customs,
            seed=self._seed,
            at=registered.received_at + timedelta(seconds=1),
        )
        if request is not None:
            due = registered.received_at + 2 * self._patience
            self._put(f"verification-{registered.delivery_id}", request, due=due)

    def _consider(self, response: CustomsResponse, delivery_id: str) -> None:
        """Have the issuing authority cancel what was refused, where customs can be told."""
        key = str(response.subject.key)
        # What a crash cut short comes again with the same delivery, and is done again.
        first = next((by for each, by in self._read(_CANCELLED) if each == key), delivery_id)
        if response.decision is not Decision.NOT_GIVEN or first != delivery_id:
            return
        request = draw_cancellation(
            response.subject,
            office=STATES[self._state].authority,
            at=response.decided_at + timedelta(seconds=1),
        )
        self._append(_CANCELLED, [key, delivery_id])
        self._put(f"cancellation-{delivery_id}", request)

    def _answer(self, document: AboutCertificate, delivery_id: str) -> None:
        """Answer what asks for an answer; the rest is noted."""
        key = str(document.subject.key)
        at = document.made_at + timedelta(seconds=1)
        customs = STATES[self._state].customs
        self._append(_ANSWERS, [key, type(document).__name__, delivery_id])
        match document:
            case Cancellation():
                told = dict(self._read(_DECISIONS)).get(key)
                decision = Decision(told) if told else None
                known = any(each.certificate_key == key for each in self._received.values())
                reply = reply_to(document, decision, known=known, office=customs, at=at)
                due = self._now() + 2 * self._patience  # after all that it says of itself
                self._put(f"reply-{delivery_id}", reply, due=due)
            case VerificationRequest():
                office = STATES[self._state].authority
                found = explain(document, office=office, seed=self._seed, at=at)
                self._put(f"reply-{delivery_id}", found)
            case VerificationReply():
                self._put(f"outcome-{delivery_id}", conclude(document, office=customs, at=at))
            case _:
                pass

    def _read(self, name: str) -> list[tuple[str, str]]:
        file = self._folder / name
        lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
        return [(key, told) for key, told in map(json.loads, lines)]

    def _register(self, line: RegisteredCertificate) -> None:
        self._append(
            REGISTER, [line.certificate_key, line.delivery_id, line.received_at.isoformat()]
        )

    def _append(self, name: str, row: list[object]) -> None:
        """Add one line, and have it on disk."""
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _put(self, name: str, document: Document, *, due: datetime | None = None) -> None:
        adapter = find_writer(self._adapters, document)
        rendering = adapter.from_canonical(document)
        file_name = f"{name}{adapter.info.file_suffix}"
        if due is None:
            target = self._folder / "in" / file_name
        else:
            target = self._folder / _LATER / f"{due.timestamp()}_{file_name}"
        replace_file(target, rendering.payload, mode=None, durable=False)


def file_name(certificate_key: str) -> str:
    """Spell a certificate's key so that it may stand in the name of a file."""
    return certificate_key.replace(":", "_").replace("%", "_")
