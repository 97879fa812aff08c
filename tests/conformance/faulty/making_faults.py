"""Faults of a target that seals documents and signs messages."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.reference import making
from swb_schemas.catalogue import Commitment
from swb_schemas.wire import message, sealed
from swb_schemas.xml import parse_xml
from tests.conformance.faulty.fault import Answering, Fault, replace, silence, take

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FAULTS"]


def _sign(**otherwise: Callable[[Any], Any]) -> Callable[[Answering], Answering]:
    """Sign something else than was asked for: change what a signature is made of."""

    def switch_on(answer: Answering) -> Answering:
        for module in (sealed, message):
            honest = take(module, "prepare_signature")

            def prepare(*octets: bytes, _honest: Any = honest, **asked: Any) -> Any:
                changed = {name: change(asked[name]) for name, change in otherwise.items()}
                return _honest(*octets, **{**asked, **changed})

            replace(module, "prepare_signature", prepare)
        return answer

    return switch_on


def _swap_halves(answer: Answering) -> Answering:
    honest = take(making, "decode_dss_signature")
    replace(making, "decode_dss_signature", lambda value: honest(value)[::-1])
    return answer


def _update_seal_header(answer: Answering, **update: object) -> Answering:
    honest = take(making, "prepare_sealed")

    def prepare(header: Any, document: Any, **asked: Any) -> Any:
        return honest(header.model_copy(update=update), document, **asked)

    replace(making, "prepare_sealed", prepare)
    return answer


def _update_message_header(answer: Answering, **update: object) -> Answering:
    honest = take(making, "prepare_message")

    def prepare(header: Any, body: Any, **asked: Any) -> Any:
        return honest(header.model_copy(update=update), body, **asked)

    replace(making, "prepare_message", prepare)
    return answer


def _ignore_protection(answer: Answering) -> Answering:
    honest = take(making, "prepare_message")

    def prepare(header: Any, body: Any, **asked: Any) -> Any:
        del body
        return honest(header, message.ClearBody(kept[-1]), **asked)

    kept: list[bytes] = []
    read = take(making, "read_kept")

    def keep(raw: bytes) -> Any:
        kept.append(raw)
        return read(raw)

    replace(making, "read_kept", keep)
    replace(making, "prepare_message", prepare)
    return answer


def _encrypt_something_else(answer: Answering) -> Answering:
    honest = take(making, "encrypt_body")
    replace(
        making,
        "encrypt_body",
        lambda content, *, recipient: honest(content + b"\n", recipient=recipient),
    )
    return answer


def _encrypt_once(answer: Answering) -> Answering:
    """Encrypt everything for a recipient as it was encrypted first."""
    honest = take(making, "encrypt_body")
    bodies: dict[tuple[bytes, int], Any] = {}

    def encrypt(content: bytes, *, recipient: Any) -> Any:
        which = (content, recipient.public_numbers().x)
        if which not in bodies:
            bodies[which] = honest(content, recipient=recipient)
        return bodies[which]

    replace(making, "encrypt_body", encrypt)
    return answer


def _take_any_spelling(answer: Answering) -> Answering:
    replace(making, "parse_canonical", parse_xml)
    return answer


def _fault(
    name: str, text: str, requirements: str, switch_on: Callable[[Answering], Answering]
) -> Fault:
    return Fault(
        name=name,
        text=text,
        profile="message",
        requirements=tuple(f"MSG-{each}" for each in requirements.split()),
        switch_on=switch_on,
    )


FAULTS: Final = (
    _fault("halves", "writes s before r", "035 039", _swap_halves),
    _fault(
        "signs-later",
        "signs a second after the time that the header says",
        "035 039",
        _sign(at=lambda at: at + timedelta(seconds=1)),
    ),
    _fault(
        "proves-another",
        "commits to another thing than the type's",
        "035 039",
        _sign(commitment=lambda _: Commitment.ORIGIN),
    ),
    _fault(
        "drops-the-source",
        "seals without the digest of the payload",
        "034",
        partial(_update_seal_header, source=None),
    ),
    _fault(
        "drops-the-correlation",
        "forgets which message is answered",
        "038",
        partial(_update_message_header, correlation=None),
    ),
    _fault(
        "seals-what-disagrees",
        "seals under a header that says something else",
        "036",
        silence((sealed, "check_binding")),
    ),
    _fault(
        "seals-any-spelling", "seals a document that is not canonical", "037", _take_any_spelling
    ),
    _fault("signs-anything", "signs around anything", "042", silence((making, "read_kept"))),
    _fault("clear", "sends in clear what is to be protected", "040", _ignore_protection),
    _fault("encrypts-more", "adds a line feed before it encrypts", "040", _encrypt_something_else),
    _fault("encrypts-once", "uses an ephemeral key twice", "041", _encrypt_once),
)
