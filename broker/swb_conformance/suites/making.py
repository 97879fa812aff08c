"""What a target makes is judged: sealed documents and messages, by this project's own reader.

A signature is another one each time, so nothing that is drawn is compared. All else has one
spelling, and is compared octet for octet.
"""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Verdict
from swb_conformance.making_cases import load_making_cases
from swb_conformance.reference.verifying import load_private_key
from swb_conformance.suites.asking import (
    PASSED,
    Exchange,
    is_carried,
    skip,
    to_base64,
)
from swb_conformance.target import Verb
from swb_conformance.testing import Evidence, SuiteCase
from swb_schemas.errors import SwbError
from swb_schemas.parties import parse_party_id
from swb_schemas.wire import (
    DecryptionKey,
    EncryptedBody,
    parse_trust_bundle,
    verify_delivery,
    verify_message,
    verify_sealed,
)
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_conformance.making_cases import MakingCase
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["list_makings", "try_making"]

_SIGNATURE: Final = b"<ds:Signature "
_END: Final = b"</ds:Signature>"


def list_makings(description: Mapping[str, Any]) -> Iterator[SuiteCase]:
    """One case for each vector.

    Args:
        description: What the target said of itself: it seals no document of a type that it does
            not carry.
    """
    for case in load_making_cases():
        carried = case.verb is Verb.SIGN or is_carried(case.message_type, description)
        yield SuiteCase(
            name=f"message/{case.name}",
            requirements=case.requirements,
            vector=case.name,
            negative=case.verdict is not Verdict.ACCEPTED,
            try_on=partial(_try_vector, case, carried),
        )


def _try_vector(case: MakingCase, carried: bool, target: Target) -> Result:  # noqa: FBT001 - bound by partial
    if not carried:
        return skip(f"{case.message_type} is not carried")
    return try_making(case, target)


def try_making(case: MakingCase, target: Target) -> Result:
    """Have something made, and judge it.

    Raises:
        BrokenTargetError: See there.
    """
    exchange = _ask(case, target)
    if case.verdict is not Verdict.ACCEPTED:
        answer = exchange.answer
        if answer.verdict == case.verdict and answer.code in case.codes:
            return PASSED
        return exchange.fail(
            f"expected {case.verdict} {' or '.join(case.codes)}, "
            f"found {answer.verdict} {answer.code}"
        )
    failed = exchange.expect(case.verdict)
    if failed is not None:
        return failed
    reason = _judge(case, exchange.answer.output)
    if not reason and case.protect_path:
        again = _ask(case, target).answer
        reason = _compare_draws(exchange.answer.output, again.output)
    if not reason:
        return PASSED
    made = Evidence(name="made.xml", octets=exchange.answer.output)
    return exchange.fail(reason, made)


def _ask(case: MakingCase, target: Target) -> Exchange:
    members: dict[str, object] = {
        "at": format_instant(case.at),
        "header": case.header,
        "key": to_base64(case.files[case.key_path]),
        "certificates": [to_base64(each) for each in case.certificates],
    }
    if case.protect_path:
        members["protect"] = to_base64(case.files[case.protect_path])
    return Exchange(target, case.verb, case.subject, **members)


def _judge(case: MakingCase, made: bytes) -> str:
    """Say what is wrong with what was made; empty where nothing is."""
    try:
        return _judge_sealed(case, made) if case.verb is Verb.SEAL else _judge_message(case, made)
    except SwbError as error:
        return f"expected what verifies, found {error.code}: {error.message}"


def _judge_sealed(case: MakingCase, made: bytes) -> str:
    verify_sealed(made, trust=parse_trust_bundle(case.files[case.trust_path]), at=case.at)
    start, end = made.find(_SIGNATURE), made.rfind(_END) + len(_END)
    return _compare(made[:start] + made[end:], case.written, "all but the seal")


def _judge_message(case: MakingCase, made: bytes) -> str:
    trust = parse_trust_bundle(case.files[case.trust_path])
    receiver = parse_party_id(case.receiver)
    message = verify_message(made, trust=trust, at=case.at, receiver=receiver)
    if isinstance(message.body, EncryptedBody) != bool(case.protect_path):
        return f"expected a {'protected' if case.protect_path else 'clear'} body"
    held = [
        DecryptionKey.of(load_private_key(case.files[path])) for path in case.decryption_key_paths
    ]
    delivery = verify_delivery(
        message, trust=trust, at=case.at, decryption_keys={key.thumbprint: key for key in held}
    )
    if delivery.sealed.octets != case.subject:
        return "expected the sealed document as it came"
    return _compare(made[: len(case.written)], case.written, "the head")


def _compare(found: bytes, expected: bytes, what: str) -> str:
    if found == expected:
        return ""
    place = next(
        (at for at, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b),
        min(len(found), len(expected)),
    )
    return (
        f"expected {what} in the one spelling, found a difference at octet {place}: "
        f"expected {expected[place : place + 60]!r}, found {found[place : place + 60]!r}"
    )


def _compare_draws(one: bytes, other: bytes) -> str:
    """Say what two protected bodies of the same document share and must not."""
    parts = [_jwe_of(each) for each in (one, other)]
    for place, what in ((0, "ephemeral key"), (2, "initialisation vector")):
        if parts[0][place] == parts[1][place]:
            return f"expected another {what} for each body, found the same twice"
    return ""


def _jwe_of(message: bytes) -> list[bytes]:
    """Take a body apart; of the header, which may begin alike, the octets."""
    _, _, after = message.partition(b"<EncryptedContent ")
    parts = after.partition(b">")[2].partition(b"<")[0].split(b".")
    if len(parts) < 3:  # noqa: PLR2004 - header, key, vector
        return [b"", b"", b""]
    return [base64.urlsafe_b64decode(parts[0] + b"=="), *parts[1:]]
