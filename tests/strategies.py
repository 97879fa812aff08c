"""Hypothesis strategies of canonical documents, derived from the models.

Every field of every model is filled from what the model says of it, so a new field needs nothing
here. What a model holds between its fields is added by hand, in `_MEND`. Each strategy is built
once: hypothesis takes longer to build one than to draw from it.
"""

from __future__ import annotations

import base64
import enum
import string
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hypothesis import strategies as st
from lxml import etree

from swb_schemas.documents.acknowledgements import AcknowledgedMessage, Outcome, RelayedMessage
from swb_schemas.documents.cancellation import (
    Cancellation,
    CancellationOutcome,
    CancellationReply,
)
from swb_schemas.documents.certificate_of_origin import CertificateOfOrigin
from swb_schemas.documents.customs import (
    CustomsReceipt,
    CustomsResponse,
    Decision,
    ItemDecision,
    ReceiptOutcome,
    roll_up,
)
from swb_schemas.documents.declaration_extract import DeclarationExtract
from swb_schemas.documents.elements import Aggregate, Digest, DigestAlgorithm, Extension
from swb_schemas.documents.inspection import CertificateOfConformity, CleanReportOfFindings
from swb_schemas.documents.origin_criterion import OriginCriterion
from swb_schemas.documents.outage_notice import OutageNotice
from swb_schemas.documents.retransmission import AnsweredDocument, RetransmissionOutcome
from swb_schemas.documents.sps import SpsCertificate
from swb_schemas.documents.text import LINES_PATTERN, TEXT_PATTERN
from swb_schemas.documents.verification import (
    VerificationGround,
    VerificationOutcome,
    VerificationRequest,
    VerificationResult,
)
from swb_schemas.foreign import octets_inside
from swb_schemas.wire.seal_header import SealHeader
from tests.shapes import Simple, simple_of, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["aggregates", "decimals", "instants", "lines", "text"]

Model = TypeVar("Model", bound=Aggregate)

# --- text --------------------------------------------------------------------------------------

_LETTERS: Final = st.one_of(
    st.sampled_from(string.ascii_letters + string.digits + "&<>\"'./-,()"),
    st.sampled_from("กขฃคฅบริษัทำเแไ็่้ມນສາລາວកខគឃងမြန်မာအဖွဲ့ăâđêôơưẠảỳỹ中文香港€µÅΩ"),
    st.sampled_from("\u200b\u200c\u200d"),
    st.characters(exclude_categories=("C", "Z")),
)
_SPACES: Final = st.sampled_from(["", "", " ", " ", "  ", "\u00a0", "\u3000", "\u202f"])


def _join(parts: list[tuple[str, str]], *, most: int) -> str:
    joined = unicodedata.normalize("NFC", "".join(f"{word}{gap}" for word, gap in parts))
    return joined[:most].strip() or "x"


@cache
def text(most: int = 512) -> st.SearchStrategy[str]:
    """One line in Unicode normal form C, of at most so many characters."""
    part = st.tuples(st.text(_LETTERS, min_size=1, max_size=8), _SPACES)
    return st.lists(part, min_size=1, max_size=4).map(
        lambda parts: unicodedata.normalize("NFC", _join(parts, most=most))
    )


@cache
def lines() -> st.SearchStrategy[str]:
    """One to three lines."""
    return st.lists(text(), min_size=1, max_size=3).map("\n".join)


# --- numbers and times -------------------------------------------------------------------------


@cache
def decimals(most: int = 10**15 - 1) -> st.SearchStrategy[Decimal]:
    """Up to 15 digits before and 6 after the point, in any shape that `Decimal` has for them."""

    def build(whole: int, fraction: int, places: int) -> Decimal:
        value = Decimal(whole) + Decimal(fraction % 10**places).scaleb(-places)
        return min(value, Decimal(most))

    return st.builds(
        build, st.integers(0, most), st.integers(0, 999_999), st.integers(0, 6)
    ) | st.sampled_from([Decimal(0), Decimal("0E-6"), Decimal("1E+2"), Decimal(most)])


@cache
def instants() -> st.SearchStrategy[datetime]:
    """Any moment of the years 1 to 9999."""
    return st.datetimes(timezones=st.just(UTC))


# --- models ------------------------------------------------------------------------------------


def _simple(shape: Simple, kind: type) -> st.SearchStrategy[Any]:
    if issubclass(kind, enum.Enum):
        return st.sampled_from(list(kind))
    if shape.pattern == TEXT_PATTERN:
        return text(shape.max_length or 512)
    if shape.pattern == LINES_PATTERN:
        return lines()
    by_kind: dict[type, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(0 if shape.pattern.startswith("0") else 1, 999_999_999),
        Decimal: decimals(shape.maximum or 10**15 - 1),
        datetime: instants(),
        date: st.dates(),
    }
    if kind in by_kind:
        return by_kind[kind]
    return _spellings(shape.pattern, shape.max_length or 1000)


@cache
def _spellings(pattern: str, longest: int) -> st.SearchStrategy[str]:
    return st.from_regex(rf"\A(?:{pattern})\Z", fullmatch=True).filter(
        lambda each: len(each) <= longest
    )


@st.composite
def _foreign_elements(draw: st.DrawFn) -> str:
    """An element of a foreign namespace as it stands within a document."""
    namespace = draw(st.sampled_from(["urn:example:a", "http://example.test/b"]))
    prefix = draw(st.sampled_from([None, "p", "ds"]))
    apex = etree.Element(f"{{{namespace}}}Apex", nsmap={prefix: namespace})  # type: ignore[dict-item]  # None for the default
    for name in draw(st.lists(st.sampled_from(["A", "B"]), max_size=2)):
        inner = draw(st.sampled_from([namespace, "urn:example:c", ""]))
        child = etree.SubElement(apex, f"{{{inner}}}{name}" if inner else name)
        child.text = draw(text())
        child.tail = draw(st.sampled_from([None, " ", "\n"]))
        child.set("at", draw(text()))
    around = etree.fromstring(b'<Extension xmlns="urn:swb:any"/>')
    around.append(apex)
    # Through octets, so that namespaces are declared where they stand now.
    return octets_inside(etree.fromstring(etree.tostring(around)))


_OCTETS: Final = {
    DigestAlgorithm.SHA256: 32,
    DigestAlgorithm.SHA384: 48,
    DigestAlgorithm.SHA512: 64,
}


def _mend_digest(values: dict[str, Any]) -> None:
    octets = base64.b64decode(values["value"]) * 2
    values["value"] = base64.b64encode(octets[: _OCTETS[values["algorithm"]]]).decode()


def _mend_criterion(values: dict[str, Any]) -> None:
    bases = list(dict.fromkeys(values["bases"]))
    values["bases"] = bases
    if not {"RVC", "PC"} & set(bases):
        values["percentage"] = None
    elif values.get("percentage") is None:
        values["percentage"] = Decimal("40.5")


def _mend_judged(values: dict[str, Any]) -> None:
    refused = values["outcome"] is Outcome.REFUSED
    values["code"] = (values.get("code") or "trust.unknown_party") if refused else None


def _mend_receipt(values: dict[str, Any]) -> None:
    if values["outcome"] is ReceiptOutcome.NOT and values.get("reason") is None:
        values["reason"] = {"text": "no answer"}


def _mend_item_decision(values: dict[str, Any]) -> None:
    if values["decision"] is Decision.NOT_GIVEN and not values["reasons"]:
        values["reasons"] = [{"text": "criterion not met"}]


def _number(items: list[Any]) -> list[Any]:
    return [
        item.model_copy(update={"sequence_number": place}) for place, item in enumerate(items, 1)
    ]


def _mend_response(values: dict[str, Any]) -> None:
    values["items"] = _number(values["items"])
    values["decision"] = roll_up(item.decision for item in values["items"])


def _mend_certificate(values: dict[str, Any]) -> None:
    values["items"] = _number(values["items"])


def _mend_header(values: dict[str, Any]) -> None:
    begin, end = values.get("valid_from"), values.get("valid_until")
    if begin and end and end < begin:
        values["valid_from"], values["valid_until"] = end, begin


def _mend_answered(values: dict[str, Any]) -> None:
    if values["outcome"] is not RetransmissionOutcome.SENT:
        values["message_id"] = None


def _mend_notice(values: dict[str, Any]) -> None:
    until = values.get("until_at")
    if until is not None and until <= values["from_at"]:
        values["until_at"] = None


def _mend_cancellation(values: dict[str, Any]) -> None:
    if values.get("replacement") == values["subject"]:
        values["replacement"] = None


def _mend_cancellation_reply(values: dict[str, Any]) -> None:
    if values["outcome"] is not CancellationOutcome.UTILISED:
        values["declaration_number"] = None


def _mend_request(values: dict[str, Any]) -> None:
    if values["ground"] is VerificationGround.DOUBT and not values["doubts"]:
        values["doubts"] = [{"text": "the seal is another one"}]


def _mend_outcome(values: dict[str, Any]) -> None:
    if values["result"] is VerificationResult.DENIED and not values["reasons"]:
        values["reasons"] = [{"text": "nothing shows it"}]


_MEND: Final[Mapping[type[Aggregate], Callable[[dict[str, Any]], None]]] = {
    Digest: _mend_digest,
    OriginCriterion: _mend_criterion,
    RelayedMessage: _mend_judged,
    AcknowledgedMessage: _mend_judged,
    CustomsReceipt: _mend_receipt,
    ItemDecision: _mend_item_decision,
    CustomsResponse: _mend_response,
    CertificateOfOrigin: _mend_certificate,
    DeclarationExtract: _mend_certificate,
    CertificateOfConformity: _mend_certificate,
    CleanReportOfFindings: _mend_certificate,
    SealHeader: _mend_header,
    AnsweredDocument: _mend_answered,
    OutageNotice: _mend_notice,
    Cancellation: _mend_cancellation,
    CancellationReply: _mend_cancellation_reply,
    VerificationRequest: _mend_request,
    VerificationOutcome: _mend_outcome,
}


_LARGE: Final = frozenset({SpsCertificate.__module__})
"""Models with so many lists in lists that one entry of each is enough to draw."""


@cache
def aggregates(model: type[Model]) -> st.SearchStrategy[Model]:
    """Any valid value of a model, with lists of at most three."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, info in model.model_fields.items():
        found = unwrap(info.annotation, tuple(info.metadata))
        inner: st.SearchStrategy[Any]
        if name == "element" and issubclass(model, Extension):
            inner = _foreign_elements()
        elif name == "bases":
            inner = st.sampled_from(["WO", "RVC", "CC", "CTH", "CTSH", "SP", "PC", "XYZ"])
        elif issubclass(found.kind, Aggregate):
            inner = aggregates(found.kind)
        else:
            inner = _simple(simple_of(found.kind, found.metadata), found.kind)
        if found.repeated:
            least = next(
                (each.min_length for each in info.metadata if hasattr(each, "min_length")), 0
            )
            most = 2 if name == "bases" else 1 if model.__module__ in _LARGE else 3
            inner = st.lists(inner, min_size=least, max_size=max(least, most))
        elif found.optional:
            inner = st.none() | inner
        fields[name] = inner

    def build(values: dict[str, Any]) -> Model:
        mend = _MEND.get(model)
        if mend is not None:
            mend(values)
        return model.model_validate(values)

    return st.fixed_dictionaries(fields).map(build)
