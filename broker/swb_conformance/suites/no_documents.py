"""What is no document is put to ``check``: refused with the code of the wire, at every place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from swb_conformance.rule_cases import load_rule_cases
from swb_conformance.suites.asking import PASSED, Exchange
from swb_conformance.target import Verb
from swb_conformance.testing import SuiteCase
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from swb_conformance.rule_cases import RuleCase
    from swb_conformance.target import Target
    from swb_conformance.testing import Result

__all__ = ["list_no_documents"]

_REQUIREMENT: Final = "RUL-090"
_GOOD: Final = "rules/accepts-a-plain-phytosanitary-certificate"
_PLACES: Final = ("issuer", "importer")

_WRONG: Final[Mapping[str, tuple[str, Callable[[bytes], bytes]]]] = {
    "no-octets": ("xml.malformed", lambda _: b""),
    "half-a-document": ("xml.malformed", lambda document: document[: len(document) // 2]),
    "a-document-type-declaration": ("xml.doctype", lambda document: b"<!DOCTYPE a>" + document),
    "a-processing-instruction": (
        "xml.processing_instruction",
        lambda document: document.replace(b"<", b"<?a b?><", 1),
    ),
    "an-element-that-there-is-not": (
        "xml.schema",
        lambda document: (
            document.replace(b"</PhytosanitaryCertificate>", b"<A></A>", 1)
            + b"</PhytosanitaryCertificate>"
        ),
    ),
    "text-that-is-not-in-normal-form-c": (
        "document.invalid",
        lambda document: document.replace(b"</Name>", b"n\xcc\x83</Name>", 1),
    ),
}


def list_no_documents() -> Iterator[SuiteCase]:
    """List each thing that is none, where documents are issued and where they arrive."""
    good = next(each for each in load_rule_cases() if each.name == _GOOD)
    for name, (code, spoil) in _WRONG.items():
        for place in _PLACES:
            yield SuiteCase(
                name=f"rules/no-document/refuses-{name}-at-the-{place}",
                requirements=(_REQUIREMENT,),
                negative=True,
                try_on=partial(_try, good, spoil(good.subject), place, code),
            )


def _try(good: RuleCase, octets: bytes, place: str, code: str, target: Target) -> Result:
    exchange = Exchange(
        target, Verb.CHECK, octets, at=format_instant(good.at), place=place, related=[]
    )
    return exchange.expect("refused", code) or PASSED
