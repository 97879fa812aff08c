"""The demonstration: Form Ds in both directions, each followed until its road has ended."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Final

from swb.app import open_store
from swb.app.evidence import open_evidence
from swb.config import load_config
from swb.core.lifecycle import DECISIONS, Fact, judge_exchange
from swb.daemon import run_nodes
from swb.sandbox.logged import LoggedMessages, count_logged, wait_until_watched
from swb.sandbox.rest import Rest
from swb.simulator.agreements import Pair, draw_under, list_exchanges, list_pairs
from swb.simulator.authority import file_name, read_answers, read_register
from swb.simulator.customs import Conduct, draw_conduct, is_decided_on, is_received
from swb.simulator.declaring import draw_extract
from swb.simulator.exchanges import is_verified
from swb.simulator.inspecting import draw_clean_report, draw_conformity
from swb.simulator.phytosanitary import draw_beside
from swb_schemas.catalogue import find_type_of
from swb_schemas.documents import (
    AnimalHealthCertificate,
    CertificateOfOrigin,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.customs import Decision, Subject
from swb_schemas.exchanges import State
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from swb.app import Node
    from swb.config import Config
    from swb.ports import MessageStore
    from swb.sandbox.region import Region
    from swb_schemas.documents import LeadingDocument

__all__ = [
    "DemoResult",
    "PairResult",
    "draw_certificates",
    "draw_documents",
    "run_demo",
    "watch_certificates",
]

_LOOK_EVERY = 0.1
_LOOKED_AT_ONCE = 64
_QUIET_WITHIN = 15.0
"""Seconds that what is still on its way may take when every certificate's road has ended."""
_VERIFIED = frozenset({Fact.VERIFICATION_CONFIRMED, Fact.VERIFICATION_DENIED})
_NECESSARY = frozenset({Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3})


_DRAWN_OF_A_CERTIFICATE: Final[Mapping[str, Callable[..., LeadingDocument]]] = {
    "DeclarationExtract": draw_extract,
    "CertificateOfConformity": draw_conformity,
    "CleanReportOfFindings": draw_clean_report,
    "PhytosanitaryCertificate": partial(draw_beside, PhytosanitaryCertificate),
    "AnimalHealthCertificate": partial(draw_beside, AnimalHealthCertificate),
    "FoodSafetyCertificate": partial(draw_beside, FoodSafetyCertificate),
}
"""What accompanies the goods of a certificate of origin, and who draws it."""


@dataclass(kw_only=True)
class PairResult:
    """What became of the certificates of one directed pair."""

    exporting: str
    importing: str
    agreement: str
    message_type: str = "CertificateIssue"
    documents: int = 0
    delivered: int = 0
    given: int = 0
    not_given: int = 0
    pending: int = 0
    lost: int = 0
    duplicated: int = 0
    refused: int = 0
    handed_over_again: int = 0


@dataclass(kw_only=True)
class DemoResult:
    """What became of all certificates.

    ``delivered`` counts certificates in the importing single window's register, ``lost`` those
    that are not there, or miss one of AS1, the router's receipt, AS2, AS3 and RES, or an answer
    that customs gave;
    ``duplicated`` registrations beyond the first under another delivery's name, of certificates
    and of answers, and ``handed_over_again`` hand-overs of a delivery that
    the single window had already, which it recognises by name. ``messages`` counts those that the
    gateways hold, at sender and receiver each, ``time_stamped`` those of them that are
    time-stamped, and ``time_stamps`` what was got for that. ``cancelled`` and ``verified`` count
    certificates that customs let be cancelled, and those that it verified to the end,
    ``withdrawn`` those that their authority took back by their status. ``unfinished`` counts
    certificates whose issuing state does not know yet that what customs refused is cancelled, or
    what a verification came to. ``refusals`` counts by code what gateways put
    aside. ``log`` says what of it is in the region's evidence log.
    """

    seconds: float
    transport: str
    messages: int = 0
    time_stamped: int = 0
    time_stamps: int = 0
    cancelled: int = 0
    verified: int = 0
    withdrawn: int = 0
    unfinished: int = 0
    pairs: list[PairResult] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    log: LoggedMessages = field(default_factory=LoggedMessages)

    def by_type(self) -> dict[str, int]:
        """How many documents of each type were delivered."""
        found: Counter[str] = Counter()
        for pair in self.pairs:
            found[pair.message_type] += pair.delivered
        return dict(found)

    def total(self, name: str) -> int:
        """The sum of one figure over all pairs."""
        return sum(int(getattr(pair, name)) for pair in self.pairs)


def draw_certificates(
    *, states: Sequence[str], documents: int, seed: int, on: date, items: int | None = None
) -> list[CertificateOfOrigin]:
    """Draw certificates, each pair in turn."""
    pairs = cycle(list_pairs(tuple(states)))
    return [
        draw_under(pair, serial=serial, seed=seed, on=on, items=items)
        for serial, pair in zip(range(1, documents + 1), pairs, strict=False)
    ]


def draw_documents(
    *, states: Sequence[str], documents: int, seed: int, on: date
) -> list[LeadingDocument]:
    """Draw documents of every type, each pair in turn with each type that it exchanges.

    What is no certificate of origin is of the goods that the pair's latest one is about.
    """
    drawn: list[LeadingDocument] = []
    latest: dict[tuple[str, str], CertificateOfOrigin] = {}
    exchanges = cycle(list_exchanges(tuple(states)))
    for serial, pair in zip(range(1, documents + 1), exchanges, strict=False):
        way = (pair.exporting, pair.importing)
        if pair.message_type == "CertificateIssue":
            latest[way] = draw_under(pair, serial=serial, seed=seed, on=on)
            drawn.append(latest[way])
        else:
            draw = _DRAWN_OF_A_CERTIFICATE[pair.message_type]
            drawn.append(draw(latest[way], serial=serial, seed=seed, on=on))
    return drawn


async def run_demo(
    region: Region,
    certificates: Sequence[LeadingDocument],
    *,
    seed: int,
    transport: str,
    on_progress: Callable[[int], None],
    give_up_after: float,
) -> DemoResult:
    """Run all roles in this process until every certificate's road has ended.

    Args:
        region: Where.
        certificates: What the simulated traders file.
        seed: Of the simulated authorities; says which answers are to come.
        transport: For the result.
        on_progress: Called with the number of certificates whose road has ended.
        give_up_after: Seconds; what has not ended then is counted as it stands.
    """
    stop = asyncio.Event()
    started = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(run_nodes(region.configs(), stop, on_ready=started.set_result))
    await asyncio.wait([running, started], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
    nodes: Sequence[Node] = started.result()
    begun = time.perf_counter()
    try:
        for node in nodes:
            if node.authority is not None:
                state = node.state
                own = [each for each in certificates if each.issuing_country == state]
                await asyncio.to_thread(node.authority.file, own)
        stores = {node.state: node.store for node in nodes if node.submitting}
        watching = watch_certificates(
            {state: store for state, store in stores.items() if store is not None},
            certificates,
            seed=seed,
            on_progress=on_progress,
        )
        waiting = asyncio.create_task(watching)
        try:
            done, _ = await asyncio.wait(
                [running, waiting], timeout=give_up_after, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            # It looks into stores that the nodes close, so it ends before they do.
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        seconds = time.perf_counter() - begun
        if waiting in done and not running.done():
            waiting.result()
            with suppress(TimeoutError):
                async with asyncio.timeout(_QUIET_WITHIN):
                    await _until_quiet(region, nodes)
                    await _until_watched(region, nodes)
    finally:
        stop.set()
        await running
    result = await count_outcome(
        region, certificates, seed=seed, seconds=seconds, transport=transport
    )
    if region.is_logged:
        result.log = await count_logged(region)
    return result


async def _until_quiet(region: Region, nodes: Sequence[Node]) -> None:
    """Return when nothing is on its way any more: acknowledgements of answers, the answers too."""
    stores = {node.state: node.store for node in nodes if node.store is not None}
    stampings = [node.stamping for node in nodes if node.stamping is not None]
    rest = Rest(region)
    while not await rest.is_reached(stores):  # noqa: ASYNC110 - others work
        await asyncio.sleep(_LOOK_EVERY / 2)
    for stamping in stampings:
        await stamping.stamp_now()


async def _until_watched(region: Region, nodes: Sequence[Node]) -> None:
    """Return when all that the router recorded is under a checkpoint that members cosigned."""
    for node in nodes:
        if region.is_logged and node.state == REGION and node.store is not None:
            await wait_until_watched(region, node.store)


async def watch_certificates(
    stores: Mapping[str, MessageStore],
    certificates: Iterable[LeadingDocument],
    *,
    seed: int,
    on_progress: Callable[[int], None],
) -> None:
    """Return when every certificate has all the facts that are to come."""
    waiting = list(certificates)
    ended = 0
    while waiting:
        still = []
        for certificate in waiting[:_LOOKED_AT_ONCE]:
            facts = await _facts(stores[certificate.issuing_country], certificate)
            last = draw_conduct(certificate, seed=seed).responses
            answered = max((facts[name] for name in facts.keys() & DECISIONS), default=0) >= last
            if facts.keys() >= _list_necessary(certificate) and answered:
                ended += 1
            else:
                still.append(certificate)
        moved = len(still) < len(waiting[:_LOOKED_AT_ONCE])
        waiting = waiting[_LOOKED_AT_ONCE:] + still
        on_progress(ended)
        if not moved:
            await asyncio.sleep(_LOOK_EVERY)


async def count_outcome(
    region: Region,
    certificates: Sequence[LeadingDocument],
    *,
    seed: int,
    seconds: float,
    transport: str,
) -> DemoResult:
    """Count from the stores and registers as they stand on disk.

    Args:
        region: Stopped.
        certificates: What was filed.
        seed: Of the simulated authorities; says which answers were to come.
        seconds: For the result.
        transport: For the result.
    """
    folders = {state: region.drop_folder(state) for state in region.states}
    registered = {state: _read_hand_overs(folder) for state, folder in folders.items()}
    answered = {state: read_answers(folder) for state, folder in folders.items()}
    refused = [path for folder in folders.values() for path in _list_refused(folder)]
    pairs: dict[Pair, PairResult] = {
        pair: PairResult(
            exporting=pair.exporting,
            importing=pair.importing,
            agreement=pair.agreement,
            message_type=pair.message_type,
        )
        for pair in list_exchanges(region.states)
    }
    ended = [0, 0, 0, 0]
    for state, file in region.gateways.items():
        async with open_store(load_config(file)) as store:
            for certificate in certificates:
                if certificate.issuing_country == state:
                    importing = certificate.destination
                    agreement = getattr(certificate, "agreement", "")
                    kind = find_type_of(certificate).message_type
                    result = pairs[Pair(state, importing, agreement, kind)]
                    key = str(certificate.key)
                    await _count(
                        certificate,
                        store,
                        draw_conduct(certificate, seed=seed),
                        registered[importing].get(key, Counter()),
                        Counter(kind for kind, _ in answered[state].get(key, ())),
                        result,
                    )
                    facts = await _facts(store, certificate)
                    ended[0] += Fact.CANCELLED in facts
                    ended[1] += bool(facts.keys() & _VERIFIED)
                    ended[2] += Fact.WITHDRAWN in facts
                    ended[3] += not _has_finished(certificate, facts.keys(), seed=seed)
                    result.refused += any(file_name(key) in path.name for path in refused)
    used = [result for result in pairs.values() if result.documents]
    outcome = DemoResult(seconds=seconds, transport=transport, pairs=used)
    outcome.refusals = Counter(map(_read_code, refused))
    outcome.cancelled, outcome.verified, outcome.withdrawn, outcome.unfinished = ended
    for file in region.gateways.values():
        await _count_time_stamps(load_config(file), outcome)
    return outcome


async def _count_time_stamps(config: Config, outcome: DemoResult) -> None:
    async with open_store(config) as store:
        after = 0
        while page := await store.list_recorded(after=after):
            outcome.messages += len(page)
            after = page[-1].position
    if config.evidence is not None:
        async with open_evidence(config) as evidence:
            tally = await evidence.tally()
        outcome.time_stamped += tally.stamped_messages
        outcome.time_stamps += tally.batches


def _read_hand_overs(folder: Path) -> dict[str, Counter[str]]:
    """Read how often which delivery of which certificate was handed over."""
    found: dict[str, Counter[str]] = {}
    for line in read_register(folder):
        found.setdefault(line.certificate_key, Counter())[line.delivery_id] += 1
    return found


def _list_refused(folder: Path) -> list[Path]:
    """Payloads that a gateway put aside as refused, without the notes beside them."""
    refused = folder / "in" / "refused"
    found = list(refused.iterdir()) if refused.is_dir() else []
    notes = {path for path in found if path.with_suffix("") in found}
    return [path for path in found if path not in notes]


def _read_code(refused: Path) -> str:
    """Read why a payload was put aside."""
    note = refused.with_name(f"{refused.name}.json")
    return str(json.loads(note.read_bytes())["code"]) if note.exists() else ""


async def _count(  # noqa: PLR0917 - everything that is known of one certificate
    certificate: LeadingDocument,
    store: MessageStore,
    conduct: Conduct,
    deliveries: Counter[str],
    answers: Counter[str],
    result: PairResult,
) -> None:
    """Count one certificate: itself where it was to arrive, and its answers where they were."""
    facts = await _facts(store, certificate)
    last = max((facts[name] for name in facts.keys() & DECISIONS), default=0)
    receipts = 1 + conduct.fails_first if is_received(certificate) else 0
    result.documents += 1
    result.delivered += len(deliveries) > 0
    result.duplicated += (
        max(0, len(deliveries) - 1)
        + max(0, answers["CustomsReceipt"] - receipts)
        + max(0, answers["CustomsResponse"] - conduct.responses)
    )
    result.handed_over_again += deliveries.total() - len(deliveries)
    result.lost += (
        not deliveries
        or not facts.keys() >= _list_necessary(certificate)
        or last < conduct.responses
        or answers["CustomsReceipt"] < receipts
        or answers["CustomsResponse"] < conduct.responses
    )
    result.refused += Fact.REFUSED in facts
    preference = judge_exchange(facts.items()).preference
    result.given += preference is State.GIVEN
    result.not_given += preference is State.NOT_GIVEN
    result.pending += (
        is_decided_on(certificate)
        and Fact.RES_REC in facts
        and preference in {State.PENDING, State.UNDECIDED}
    )


def _has_finished(certificate: LeadingDocument, facts: Collection[Fact], *, seed: int) -> bool:
    """Whether everything came that follows from what customs decides in the end.

    What it refuses first and gives later may be cancelled or not: whichever comes first.
    """
    if not isinstance(certificate, CertificateOfOrigin):
        return True
    decision = draw_conduct(certificate, seed=seed).decision
    if decision is Decision.NOT_GIVEN:
        return Fact.CANCELLED in facts
    subject = Subject(
        issuing_country=certificate.issuing_country,
        issuing_office=certificate.issuing_office,
        reference_number=certificate.reference_number,
    )
    return not is_verified(subject, decision, seed=seed) or not _VERIFIED.isdisjoint(facts)


def _list_necessary(certificate: LeadingDocument) -> frozenset[Fact]:
    """List the facts without which a document's road has not ended."""
    return _NECESSARY | {Fact.RES_REC} if is_received(certificate) else _NECESSARY


async def _facts(store: MessageStore, certificate: LeadingDocument) -> dict[Fact, int]:
    """What is known of a certificate as it was issued, each fact with its highest revision."""
    record = next(iter(await store.list_certificates(str(certificate.key))), None)
    facts: dict[Fact, int] = {}
    for event in await store.list_events(record.document_id) if record else ():
        fact = Fact(event.name)
        facts[fact] = max(event.revision, facts.get(fact, 0))
    return facts
