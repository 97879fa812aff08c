"""Faults of a target that believes what arrives: sealed documents, messages, deliveries."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.reference import verifying
from swb_schemas.errors import RefusedError
from swb_schemas.wire import message, sealed, signature, verification
from swb_schemas.wire.message import ClearBody, MessageParts
from swb_schemas.xml import parse_xml
from tests.conformance.faulty.fault import Answering, Fault, answering_with, replace, silence, take

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FAULTS"]


def _ignore_digest(code: str) -> Callable[[Answering], Answering]:
    """Do not check one of the three digests."""

    def switch_on(answer: Answering) -> Answering:
        honest = take(signature, "_check_digest")

        def check(stated: bytes, octets: bytes, *, code: str) -> None:
            if code != ignored:
                honest(stated, octets, code=code)

        replace(signature, "_check_digest", check)
        return answer

    ignored = code
    return switch_on


def _ignore_receiver(answer: Answering) -> Answering:
    honest = take(verifying, "verify_message")

    def verify(raw: bytes, **asked: Any) -> Any:
        return honest(raw, **{**asked, "receiver": None})

    replace(verifying, "verify_message", verify)
    return answer


def _ignore_time(code: str) -> Callable[[Answering], Answering]:
    """Let a message's times pass that are refused with a code."""

    def switch_on(answer: Answering) -> Answering:
        honest = take(verification, "_check_message_times")

        def check(*times: Any, **asked: Any) -> None:
            try:
                honest(*times, **asked)
            except RefusedError as error:
                if error.code != code:
                    raise

        replace(verification, "_check_message_times", check)
        return answer

    return switch_on


def _refuse_every_extension(answer: Answering) -> Answering:
    def check(extensions: object, **_: object) -> None:
        if extensions is not None:
            raise RefusedError("extension.not_understood", "")

    replace(verification, "check_extensions", check)
    return answer


def _take_any_octets(answer: Answering) -> Answering:
    replace(verification, "parse_canonical", parse_xml)
    return answer


def _take_any_body(answer: Answering) -> Answering:
    honest = MessageParts.read_body

    def read(self: MessageParts) -> Any:
        try:
            return honest(self)
        except RefusedError:
            return ClearBody(b"")

    replace(MessageParts, "read_body", read)
    return answer


def _count_signatures_not(answer: Answering) -> Answering:
    honest = take(signature, "_locate")

    def locate(raw: bytes, root: Any, closing: bytes) -> tuple[int, int]:
        try:
            found: tuple[int, int] = honest(raw, root, closing)
        except RefusedError as error:
            if error.code != "signature.multiple":
                raise
            return raw.rfind(b"<ds:Signature "), len(raw) - len(closing)
        return found

    replace(signature, "_locate", locate)
    return answer


def _say_refused(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    del request
    return {**said, "verdict": "refused"} if said["verdict"] == "undetermined" else said


def _say_failed_to_open(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    del request
    missing = said["code"] == "encryption.key_missing"
    return {**said, "verdict": "refused", "code": "encryption.failed"} if missing else said


def _confuse(one: str, other: str) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    def change(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        del request
        return {**said, "code": other} if said["code"] == one else said

    return change


def _write_document_anew(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    del request
    if said["verdict"] == "accepted":
        document = base64.b64decode(said["output"]["document"])
        anew = b'<?xml version="1.0" encoding="UTF-8"?>\n' + document
        said["output"]["document"] = base64.b64encode(anew).decode()
    return said


def _name_sealer_as_sender(request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    del request
    if said["verdict"] == "accepted":
        result = said["output"]["result"]
        result["message"]["signer"] = result["sealed_document"]["signer"]
    return said


def _fault(
    name: str,
    text: str,
    requirements: str,
    switch_on: Callable[[Answering], Answering],
    *,
    is_broad: bool = False,
) -> Fault:
    return Fault(
        name=name,
        text=text,
        profile="message",
        requirements=tuple(f"MSG-{each}" for each in requirements.split()),
        switch_on=switch_on,
        is_broad=is_broad,
    )


V = verification
FAULTS: Final = (
    _fault(
        "value", "does not check the signature's value", "012 025", silence((V, "verify_ecdsa"))
    ),
    _fault(
        "content-digest",
        "does not check the digest of the content",
        "008 020",
        _ignore_digest("signature.content_digest"),
    ),
    _fault(
        "properties-digest",
        "does not check the digest of the signed properties",
        "008",
        _ignore_digest("signature.properties_digest"),
    ),
    _fault(
        "certificate-digest",
        "takes another certificate than the signed one",
        "008",
        _ignore_digest("signature.certificate_digest"),
    ),
    _fault(
        "algorithm",
        "takes any algorithm",
        "008 020",
        silence((signature, "_check_algorithms")),
    ),
    _fault("two-signatures", "takes the last of two signatures", "008", _count_signatures_not),
    _fault("octets", "takes XML in any spelling", "006 018", _take_any_octets),
    _fault(
        "schema",
        "takes unknown elements: does not validate header and payload",
        "009 021",
        silence((message, "validate_xml"), (sealed, "validate_xml")),
    ),
    _fault(
        "environment",
        "judges production by the roots of test",
        "010 022",
        silence((V, "_check_environment")),
    ),
    _fault(
        "commitment",
        "does not look at what a signature commits to",
        "013 026",
        silence((V, "_check_commitment")),
    ),
    _fault(
        "signing-time",
        "does not compare the signing time",
        "014 027",
        silence((V, "_check_signing_time")),
    ),
    _fault(
        "future",
        "takes what comes from the future",
        "014 027",
        silence((V, "_check_not_in_future")),
    ),
    _fault("expiry", "takes an expired message", "014", _ignore_time("message.expired")),
    _fault("lifetime", "lets a message live for ever", "014", _ignore_time("message.lifetime")),
    _fault("receiver", "takes messages for others", "015", _ignore_receiver),
    _fault(
        "extensions",
        "passes over extensions that must be understood",
        "016 030",
        silence((V, "check_extensions")),
    ),
    _fault("every-extension", "refuses every extension", "016", _refuse_every_extension),
    _fault("body", "takes a body of any form", "017", _take_any_body),
    _fault(
        "binding",
        "does not compare seal header and document",
        "029",
        silence((V, "check_binding")),
    ),
    _fault(
        "layers",
        "does not compare message and seal header",
        "033",
        silence((V, "_check_agreement")),
    ),
    _fault(
        "undetermined",
        "refuses for good what it cannot judge now",
        "011 024 031",
        answering_with(_say_refused, "verify", "open"),
    ),
    _fault(
        "missing-key",
        "refuses a body whose key is not at hand",
        "031",
        answering_with(_say_failed_to_open, "open"),
    ),
    _fault(
        "codes",
        "tells an unlisted certificate as an unknown party",
        "011 024",
        answering_with(_confuse("certificate.unlisted", "party.unknown"), "verify", "open"),
    ),
    _fault(
        "document-anew",
        "hands over a document that it wrote anew",
        "033",
        answering_with(_write_document_anew, "open"),
        is_broad=True,
    ),
    _fault(
        "signer",
        "names who sealed as who sent",
        "033",
        answering_with(_name_sealer_as_sender, "open"),
        is_broad=True,
    ),
)
