"""Messages that are made for the run: nobody who only recognises the vectors can judge them.

Documents, ids and instants are drawn from the seed; seals, signatures and ephemeral keys are new
each time. Each good message has a sibling with one thing wrong, which has to be refused with its
very code. What must come out is what `swb_schemas.wire` makes of the octets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb_conformance.carrying.altering import draw, multiply_items
from swb_conformance.live.hand import Hand
from swb_conformance.live.material import SigningKey
from swb_conformance.reference.answering import answer_request
from swb_conformance.suites.asking import PASSED, Exchange, instant_of, to_base64
from swb_conformance.target import Verb
from swb_conformance.testing import SuiteCase
from swb_schemas.catalogue import Purpose, decode_document
from swb_schemas.wire import TrustBundle, parse_trust_bundle
from swb_schemas.wire.limits import LARGEST_MESSAGE, MOST_ITEMS
from swb_schemas.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_conformance.live.hand import Sealed, Sent
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["list_drawn"]

_TIMES: Final = 12
_MANY: Final = 1_200
"""Items of a large certificate."""
_AT: Final = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
_SENDER, _RECEIVER = "TH", "VN"
_DOCUMENT: Final = "delivery/accepts-a-clear-message/expected/document.xml"
_ROLES: Final = {
    Purpose.ISSUING_SEAL: "issuing",
    Purpose.CUSTOMS_SEAL: "customs",
    Purpose.TRANSPORT: "gateway",
    Purpose.DECRYPTION: "gateway",
}


class _Vectors:
    """The fixed keys and the trust of the vectors, as `Hand` asks for them."""

    @cached_property
    def bundle(self) -> bytes:
        return _read("material/trust/bundle.json")

    @cached_property
    def trust(self) -> TrustBundle:
        return parse_trust_bundle(self.bundle)

    def signing_key(self, state: str, purpose: Purpose) -> SigningKey:
        name = f"{state}-{_ROLES[purpose]}-{purpose}"
        certificate = _read(f"material/certificates/{name}.der")
        return SigningKey(_load(f"material/keys/{name}.pem"), certificate)

    def recipient(self, state: str, at: datetime) -> ec.EllipticCurvePublicKey:
        del at
        return self.signing_key(state, Purpose.DECRYPTION).key.public_key()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A message, and by whom and when it is judged.

    Attributes:
        octets: The message.
        at: The judging moment.
        receiver: Who judges.
    """

    octets: bytes
    at: datetime
    receiver: str = f"urn:swb:party:{_RECEIVER}:gateway"


class _Making:
    """One message of a run, and what may be wrong with it.

    Args:
        seed: Document, ids and instants are drawn from it.
    """

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 - chooses a test, keeps nothing secret
        self._vectors = _vectors()
        self._hand = Hand(self._vectors)
        self._seed = seed
        self._at = _AT + timedelta(milliseconds=self._random.randrange(6 * 3_600_000))
        self._protect = self._random.random() < 0.5  # noqa: PLR2004 - every other one

    def right(self) -> _Drawn:
        return self._send(self._seal())

    def too_late(self) -> _Drawn:
        right = self.right()
        days = timedelta(days=30, minutes=self._random.randrange(6, 10_000))
        return _Drawn(octets=right.octets, at=right.at + days)

    def for_somebody_else(self) -> _Drawn:
        right = self.right()
        return _Drawn(octets=right.octets, at=right.at, receiver="urn:swb:party:SG:gateway")

    def sealed_by_customs(self) -> _Drawn:
        key = self._vectors.signing_key(_SENDER, Purpose.CUSTOMS_SEAL)
        return self._send(self._seal(key=key))

    def header_of_another_document(self) -> _Drawn:
        sealed = self._seal()
        key = sealed.header.certificate_key or ""
        return self._send(self._hand.reseal(sealed, key.encode(), key[:-1].encode() + b"Z"))

    def message_about_another_document(self) -> _Drawn:
        return self._send(self._seal(), document_id=self._draw_id())

    def signed_by_the_other_gateway(self) -> _Drawn:
        key = self._vectors.signing_key(_RECEIVER, Purpose.TRANSPORT)
        return self._send(self._seal(), key=key)

    def of_many_items(self) -> _Drawn:
        """More than most certificates have, and fewer than one may have."""
        return self._send(self._seal(items=_MANY))

    def of_too_many_items(self) -> _Drawn:
        sealed = self._seal(items=2)
        start = sealed.octets.index(b"<Item>")
        item = sealed.octets[start : sealed.octets.index(b"</Item>", start) + len(b"</Item>")]
        more = b"".join(
            item.replace(b"<SequenceNumber>1<", b"<SequenceNumber>%d<" % number)
            for number in range(3, MOST_ITEMS + 2)
        )
        return self._send(self._hand.reseal(sealed, item, more + item))

    def too_large(self) -> _Drawn:
        right = self.right()
        octets = right.octets.ljust(LARGEST_MESSAGE + 1)
        return _Drawn(octets=octets, at=right.at)

    def _seal(self, *, items: int = 0, key: SigningKey | None = None) -> Sealed:
        octets = draw(_read(_DOCUMENT), self._seed)
        if items:
            octets = multiply_items(octets, items) or octets
        document = decode_document(parse_xml(octets))
        return self._hand.seal(
            document,
            by=_SENDER,
            to=_RECEIVER,
            at=self._at,
            conversation_id=self._draw_id(),
            protect=self._protect,
            key=key,
            document_id=self._draw_id(),
        )

    def _send(self, sealed: Sealed, **changes: object) -> _Drawn:
        at = self._at + timedelta(milliseconds=self._random.randrange(1, 60_000))
        sent: Sent = self._hand.sign(
            sealed,
            by=_SENDER,
            to=_RECEIVER,
            at=at,
            **{"message_id": self._draw_id(), **changes},  # type: ignore[arg-type]
        )
        return _Drawn(octets=sent.octets, at=at + timedelta(seconds=self._random.randrange(100)))

    def _draw_id(self) -> str:
        """A UUIDv7 of the moment (RFC 9562, 5.7)."""
        number = int(self._at.timestamp() * 1000) << 80 | self._random.getrandbits(80)
        number = number & ~(0xF << 76) | 0x7 << 76
        return str(UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


_GOOD: Final = ("MSG-031", "MSG-032", "MSG-033")
_WRONG: Final[dict[str, tuple[tuple[str, ...], Callable[[_Making], _Drawn]]]] = {
    "that-has-expired": (("MSG-014",), _Making.too_late),
    "for-somebody-else": (("MSG-015",), _Making.for_somebody_else),
    "sealed-by-customs": (("MSG-024",), _Making.sealed_by_customs),
    "whose-header-names-another-document": (("MSG-029",), _Making.header_of_another_document),
    "about-another-document": (("MSG-033",), _Making.message_about_another_document),
    "signed-by-the-other-gateway": (("MSG-011",), _Making.signed_by_the_other_gateway),
}


_LARGE: Final = (
    ("accepts-a-message-of-many-items", _GOOD, False, _Making.of_many_items),
    ("refuses-a-message-of-too-many-items", ("MSG-019",), True, _Making.of_too_many_items),
    ("refuses-a-message-that-is-too-large", ("MSG-006",), True, _Making.too_large),
)
"""Too large to lie among the vectors."""


def list_drawn(seed: int) -> Iterator[SuiteCase]:
    """So many good messages, and a wrong one beside each.

    Args:
        seed: From which documents, ids and instants are drawn.
    """
    kinds = tuple(_WRONG.items())
    for number in range(1, _TIMES + 1):
        name, (requirements, make) = kinds[(number - 1) % len(kinds)]
        yield SuiteCase(
            name=f"message/drawn/accepts-a-message-{number}",
            requirements=_GOOD,
            negative=False,
            try_on=partial(_try, f"{seed} drawn {number}", _Making.right),
        )
        yield SuiteCase(
            name=f"message/drawn/refuses-a-message-{name}-{number}",
            requirements=requirements,
            negative=True,
            try_on=partial(_try, f"{seed} wrong {number}", make),
        )

    for name, requirements, negative, make in _LARGE:
        yield SuiteCase(
            name=f"message/drawn/{name}",
            requirements=requirements,
            negative=negative,
            try_on=partial(_try, f"{seed} {name}", make),
        )


def _try(seed: str, make: Callable[[_Making], _Drawn], target: Target) -> Result:
    drawn = make(_Making(seed))
    members: dict[str, object] = {
        "trust": to_base64(_vectors().bundle),
        "at": instant_of(drawn.at),
        "receiver": drawn.receiver,
        "keys": [to_base64(_read(f"material/keys/{_RECEIVER}-gateway-decryption.pem"))],
    }
    right = answer_request({"verb": Verb.OPEN, "input": to_base64(drawn.octets), **members})
    exchange = Exchange(target, Verb.OPEN, drawn.octets, **members)
    failed = exchange.expect(str(right["verdict"]), str(right["code"] or ""))
    if failed is not None:
        return failed
    output = right.get("output")
    return exchange.expect_object(output) if isinstance(output, dict) else PASSED


@cache
def _vectors() -> _Vectors:
    return _Vectors()


@cache
def _load(path: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(_read(path), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = f"expected a P-256 key in {path}"
        raise TypeError(message)
    return key


@cache
def _read(path: str) -> bytes:
    return (files("swb_conformance") / "vectors" / path).read_bytes()
