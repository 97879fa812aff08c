"""The steps of the road one by one, each beside its floor, in one process and on one core.

What is measured is what gateways and router call, with the keys, the trust lists and the adapters
of a region that was laid out for it. A floor is what nobody can do without, by the library that
does it; it says how much of a step could go away at all.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb.clock import SystemClock
from swb.sandbox.bench import floors
from swb.sandbox.bench.carried import carry_certificate, carry_receipt, open_ends
from swb.sandbox.bench.comparing import compare, set_garbage_aside, take_many
from swb.sandbox.bench.file_steps import measure_folder, measure_logging
from swb.sandbox.bench.line_steps import measure_line
from swb.sandbox.bench.picture import StepCase, StepFigures
from swb.sandbox.bench.rules import read_what_rules_read
from swb.sandbox.bench.store_steps import measure_storing
from swb.sandbox.region import lay_out_region
from swb.sandbox.road import EXPORTING, IMPORTING
from swb_schemas.catalogue import Purpose, get_type
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.parties import parse_party_id
from swb_schemas.rulebook import check_document, get_place_of_issue
from swb_schemas.wire.encryption import DecryptionKey, EncryptedBody, encrypt_body
from swb_schemas.wire.message import ClearBody, prepare_message
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.wire.sealed import prepare_sealed, read_kept
from swb_schemas.wire.verification import verify_message, verify_sealed
from swb_schemas.xml import decode, encode, parse_xml, validate_xml

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from swb.sandbox.bench.carried import Carried, Ends
    from swb.sandbox.bench.comparing import Compared
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["run_steps_bench"]

_ONE_OF_EACH: Final = "one {} and one C14N of the same tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """Something that the road does with a document.

    Attributes:
        name: Of it.
        work: Does it once.
        floor: What is left of it where nothing else is done, in words.
        below: Does that once.
    """

    name: str
    work: Callable[[], Awaitable[object]]
    floor: str
    below: Callable[[], object]


async def run_steps_bench(
    folder: Path,
    *,
    items: Sequence[int],
    turns: int,
    turn_seconds: float,
    amqp_url: str | None,
    tell: Callable[[str], None],
) -> tuple[StepCase, ...]:
    """Measure every step of Form Ds and of a receipt.

    Args:
        folder: Empty; a region is laid out in it.
        items: One case for each number of items.
        turns: How often step and floor take turns.
        turn_seconds: Of the processor, for a turn of one side.
        amqp_url: RabbitMQ with the vhosts of both states, whose queues are idle.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``store.*``, ``transport.*``, ``rabbitmq.*``.
    """
    from swb.app.access import open_rabbitmq_by_user  # noqa: PLC0415 - reaches for an extra

    states = (EXPORTING, IMPORTING)
    cases = []
    async with AsyncExitStack() as stack:
        access = await stack.enter_async_context(open_rabbitmq_by_user(amqp_url, states))
        region = await lay_out_region(
            folder / "region",
            states=states,
            at=SystemClock().now(),
            amqp_url=access.url,
            amqp_users=access.users,
            answers=False,
        )
        ends = await stack.enter_async_context(open_ends(region))
        trust = await ends.receiver.trust.fetch()
        certificates = [await carry_certificate(ends, items=count) for count in items]
        every = (*certificates, await carry_receipt(ends, certificates[0]))
        for place, carried in enumerate(every):
            apart = folder / str(place)
            apart.mkdir()
            about = f", {carried.items} items" if carried.items else ""
            tell(f"steps of a {carried.message_type}{about}")
            figures: dict[str, Compared] = {}
            named: dict[str, str] = {}
            with set_garbage_aside():
                for step in _list_steps(ends, carried, trust):
                    figures[step.name] = await compare(
                        take_many(step.work, seconds=turn_seconds),
                        take_many(_wait_for(step.below), seconds=turn_seconds),
                        turns=turns,
                    )
                    named[step.name] = step.floor
                logging = await measure_logging(
                    carried, apart / "log", turns=turns, turn_seconds=turn_seconds
                )
            folders = []
            if carried.items:
                folders = await measure_folder(ends, carried, apart, turns=turns)
            for name, floor, compared in (
                logging,
                *folders,
                *await measure_storing(ends, carried, apart / "floor.db", turns=turns),
                *await measure_line(region, carried, access.url, turns=turns),
            ):
                figures[name], named[name] = compared, floor
            cases.append(
                StepCase(
                    document=carried.message_type,
                    items=carried.items,
                    octets=carried.octets,
                    steps={name: _describe(each, named[name]) for name, each in figures.items()},
                )
            )
    return tuple(cases)


def _describe(compared: Compared, floor: str) -> StepFigures:
    return StepFigures(
        microseconds=round(compared.seconds * 1e6, 2),
        processor_microseconds=round(compared.processor_seconds * 1e6, 2),
        floor=floor,
        floor_microseconds=round(compared.floor_seconds * 1e6, 2),
        ratio=round(compared.ratio, 3),
    )


def _wait_for(call: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    """Spell a call as the steps are spelled, so that both cost the same to be called."""

    async def once() -> object:
        return call()

    return once


def _list_steps(ends: Ends, carried: Carried, trust: TrustBundle) -> Iterator[_Step]:
    """Every step that needs neither disk nor server."""
    if isinstance(carried.document, CertificateOfOrigin):
        yield from _list_national_steps(ends, carried, carried.document)
    yield from _list_sealing_steps(ends, carried, trust)
    if carried.protected is not None:
        yield from _list_secret_steps(ends, carried)
    yield from _list_verifying_steps(ends, carried, trust)


def _list_national_steps(
    ends: Ends, carried: Carried, document: CertificateOfOrigin
) -> Iterator[_Step]:
    written = ends.writes.from_canonical(document).payload
    today, place = ends.sender.clock.now().date(), get_place_of_issue(document)

    async def adapt() -> object:
        return ends.reads.to_canonical(carried.payload)

    async def check() -> object:
        return check_document(document, at=today, place=place)

    async def render() -> object:
        return ends.writes.from_canonical(document)

    yield _Step(
        name="adapt",
        work=adapt,
        floor="the payload parsed by libxml2",
        below=floors.read_bare(carried.payload),
    )
    yield _Step(
        name="check",
        work=check,
        floor="every attribute that the rules read, read once",
        below=lambda: read_what_rules_read(document),
    )
    yield _Step(
        name="render",
        work=render,
        floor="the payload written by libxml2",
        below=floors.write_bare(written),
    )


def _list_sealing_steps(ends: Ends, carried: Carried, trust: TrustBundle) -> Iterator[_Step]:
    """What the sending side does with a canonical document."""
    parts = ends.sender if carried.items else ends.receiver
    sealing = parts.signers[get_type(carried.message_type).seal_purpose]
    sending = parts.signers[Purpose.TRANSPORT]
    seal_header, document = read_kept(carried.sealed.octets)
    message = carried.clear.outbound.message
    header = verify_message(
        message.octets,
        trust=trust,
        at=ends.receiver.clock.now(),
        receiver=parse_party_id(message.receiver),
    ).header
    seal_root, message_root = parse_xml(carried.sealed.octets), parse_xml(message.octets)
    seal_data = prepare_sealed(seal_header, document, certificate=sealing.certificate).to_be_signed
    body = ClearBody(carried.sealed.octets)

    async def write() -> object:
        return encode(document)

    async def seal() -> object:
        unsigned = prepare_sealed(seal_header, document, certificate=sealing.certificate)
        return unsigned.attach(await sealing.sign(unsigned.to_be_signed))

    async def sign() -> object:
        unsigned = prepare_message(header, body, certificate=sending.certificate)
        return unsigned.attach(await sending.sign(unsigned.to_be_signed))

    yield _Step(
        name="encode",
        work=write,
        floor="C14N of the same tree",
        below=floors.canonicalise(parse_xml(encode(document))),
    )
    yield _Step(
        name="seal",
        work=seal,
        floor=_ONE_OF_EACH.format("ECDSA signature"),
        below=floors.sign_and_canonicalise(ends.issuing_key, seal_data, seal_root),
    )
    yield _Step(
        name="sign",
        work=sign,
        floor=_ONE_OF_EACH.format("ECDSA signature"),
        below=floors.sign_and_canonicalise(ends.transport_key, seal_data, message_root),
    )


def _list_secret_steps(ends: Ends, carried: Carried) -> Iterator[_Step]:
    content, key = carried.sealed.octets, ends.decryption_key
    recipient = key.public_key()
    jwe = encrypt_body(content, recipient=recipient).jwe
    (holder,) = ends.receiver.decryption_keys.values()

    async def encrypt() -> object:
        return encrypt_body(content, recipient=recipient)

    async def decrypt() -> object:
        body = EncryptedBody.of(jwe)
        secret = await holder.agree(body.read_ephemeral())
        return DecryptionKey.agreed(body, secret).open(body)

    yield _Step(
        name="encrypt",
        work=encrypt,
        floor="one new key, one ECDH, one AES-256-GCM",
        below=floors.encrypt_bare(recipient, content),
    )
    yield _Step(
        name="decrypt",
        work=decrypt,
        floor="one ECDH, one AES-256-GCM",
        below=floors.decrypt_bare(key, content),
    )


def _list_verifying_steps(ends: Ends, carried: Carried, trust: TrustBundle) -> Iterator[_Step]:
    """What the receiving side does with a message, and what verifying a seal consists of."""
    message, sealed = carried.clear.outbound.message.octets, carried.sealed.octets
    now = ends.receiver.clock.now
    receiver = parse_party_id(carried.clear.outbound.message.receiver)
    message_root, seal_root = parse_xml(message), parse_xml(sealed)
    inner, kind, data = seal_root[1], get_type(carried.message_type), b"\0" * 1000

    async def parse() -> object:
        return parse_canonical(sealed)

    async def validate() -> None:
        validate_xml(inner, kind.schema)

    async def read() -> object:
        return decode(kind.model, inner)

    async def judge_message() -> object:
        return verify_message(message, trust=trust, at=now(), receiver=receiver)

    async def judge_seal() -> object:
        return verify_sealed(sealed, trust=trust, at=now())

    yield _Step(name="parse", work=parse, floor="parsed by libxml2", below=floors.read_bare(sealed))
    yield _Step(
        name="xsd",
        work=validate,
        floor="validated by libxml2",
        below=floors.validate_bare(kind.schema, inner),
    )
    yield _Step(
        name="decode",
        work=read,
        floor="name and text of each element, looked at once",
        below=floors.walk(inner),
    )
    yield _Step(
        name="verify_message",
        work=judge_message,
        floor=_ONE_OF_EACH.format("ECDSA verification"),
        below=floors.verify_and_canonicalise(ends.transport_key, data, message_root),
    )
    yield _Step(
        name="verify_seal",
        work=judge_seal,
        floor=_ONE_OF_EACH.format("ECDSA verification"),
        below=floors.verify_and_canonicalise(ends.issuing_key, data, seal_root),
    )
