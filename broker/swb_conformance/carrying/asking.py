"""The two questions to an adapter, each answer held to what every answer must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from swb_conformance.carrying.comparing import matches_pattern
from swb_conformance.target import Verb
from swb_conformance.testing import UnmetError
from swb_schemas.catalogue import CATALOGUE, decode_document
from swb_schemas.errors import RefusedError
from swb_schemas.wire.limits import check_tree_items
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from swb_conformance.carrying.documents import Carried
    from swb_conformance.target import Answer, Target

__all__ = [
    "NO_SPELLING",
    "Read",
    "UnspelledError",
    "Written",
    "check_reading",
    "check_refusal",
    "read",
    "write",
]

_CODES: Final = frozenset(
    {
        "adapter.inconsistent",
        "adapter.malformed",
        "adapter.mandatory_loss",
        "adapter.schema",
        "adapter.too_large",
        "adapter.unsupported",
        "adapter.value",
        "document.too_many_items",
    }
)
"""With which an adapter may refuse, beside ``xml.`` and a word."""
NO_SPELLING: Final = frozenset(
    {"adapter.value", "adapter.mandatory_loss", "document.too_many_items", "adapter.too_large"}
)
"""With which it may refuse a document that its format has no spelling for."""


class UnspelledError(Exception):
    """The format has no spelling for a document, and the target said so as it has to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document that was written.

    Attributes:
        payload: In the national format.
        losses: Canonical paths that were declared lost.
        told: All that was answered beside.
    """

    payload: bytes
    losses: tuple[str, ...]
    told: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A payload that was read.

    Attributes:
        document: Canonical octets.
        told: All that was answered beside.
    """

    document: bytes
    told: object


def write(target: Target, carried: Carried, document: bytes, **members: object) -> Written:
    """Have a document written.

    Raises:
        UnmetError: The answer is not as it has to be.
        UnspelledError: The format has no spelling for it.
    """
    answer = target.ask(Verb.FROM_CANONICAL, document, **members)
    if answer.verdict == "refused" and answer.code in NO_SPELLING:
        check_refusal(answer)
        raise UnspelledError(f"{answer.code}: {answer.told.get('message', '')}")
    _require_accepted(answer)
    _require(answer.told.get("message_type"), carried.message_type, "message_type")
    losses = []
    for finding in answer.told["findings"]:
        code, path = finding["code"], finding.get("path", "")
        if code != "adapter.loss" or finding.get("severity", "loss") != "loss":
            raise UnmetError(f"expected losses alone among the findings, found {code}")
        if not path or not finding.get("message"):
            raise UnmetError("expected a loss to have a canonical path and a message")
        if not any(matches_pattern(path, pattern) for pattern in carried.loses):
            raise UnmetError(f"expected {path} to lie under a pattern of loses, found none")
        losses.append(path)
    if not answer.output:
        raise UnmetError("expected a payload, found no octets")
    return Written(payload=answer.output, losses=tuple(losses), told=answer.told)


def read(target: Target, carried: Carried, payload: bytes, **members: object) -> Read:
    """Have a payload read that has to be.

    Raises:
        UnmetError: It was not, or the answer is not as it has to be.
    """
    answer = target.ask(Verb.TO_CANONICAL, payload, **members)
    _require_accepted(answer)
    check_reading(answer, carried.message_type)
    return Read(document=answer.output, told=answer.told)


def check_reading(answer: Answer, message_type: str = "") -> None:
    """Hold an accepted reading to the contract: a canonical document, warnings with a place.

    Raises:
        UnmetError: It is not so.
    """
    told = answer.told
    found = told.get("message_type")
    if not isinstance(found, str) or found not in CATALOGUE:
        raise UnmetError(f"expected a message type of the catalogue, found {str(found)[:60]!r}")
    if message_type:
        _require(found, message_type, "message_type")
    if told.get("consent") not in {None, True, False}:
        raise UnmetError("expected consent: true, false or null")
    try:
        tree = parse_xml(answer.output)
        check_tree_items(tree)
        document = decode_document(tree)
        canonical = encode(document)
    except RefusedError as error:
        raise UnmetError(f"expected a valid canonical document, found {error}") from error
    if type(document) is not CATALOGUE[found].model:
        raise UnmetError(f"expected a document of {found}, found {type(document).__name__}")
    if canonical != answer.output:
        raise UnmetError("expected the document in its one canonical spelling, found another")
    for finding in told["findings"]:
        if finding.get("severity") == "refuse":
            raise UnmetError(f"expected no fault in what is accepted, found {finding['code']}")
        if not finding.get("national_path"):
            raise UnmetError(f"expected a national path with {finding['code']}, found none")


def check_refusal(answer: Answer) -> None:
    """Hold a refusal to the contract: a code of its own list, and findings that say something.

    Raises:
        UnmetError: It is not so.
    """
    if answer.verdict != "refused":
        raise UnmetError(f"expected a refusal, found {answer.verdict} {answer.code}".rstrip())
    if answer.code not in _CODES and not answer.code.startswith("xml."):
        raise UnmetError(f"expected a code of the contract, found {answer.code}")
    for finding in answer.told["findings"]:
        if not finding.get("message"):
            raise UnmetError(f"expected a message with {finding['code']}, found none")
    if answer.code == "adapter.mandatory_loss" and not any(
        each.get("path") for each in answer.told["findings"]
    ):
        raise UnmetError("expected the canonical path of what cannot be carried, found none")


def _require_accepted(answer: Answer) -> None:
    if answer.verdict != "accepted":
        said = f"{answer.verdict} {answer.code}: {answer.told.get('message', '')}"
        raise UnmetError(f"expected accepted, found {said[:400]}")


def _require(found: object, expected: str, name: str) -> None:
    if found != expected:
        raise UnmetError(f"expected {name} {expected}, found {str(found)[:60]!r}")
