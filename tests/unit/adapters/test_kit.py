"""The test kit finds what is wrong with an adapter: each bad one fails for its own reason."""

from __future__ import annotations

import gc
import random
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from swb_adapters.sdk import MessageSupport, PathMap, Reading, Rendering
from swb_adapters.sdk.testing import (
    check_document,
    check_info,
    check_paths,
    check_payload,
    check_purity,
    check_refusals,
)
from swb_adapters.sdk.testing.running import run_checks
from swb_adapters.sdk.testing.strategies import traders
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt
from swb_schemas.documents.elements import LocalText
from tests.unit.adapters.first_party import list_samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_adapters.sdk import AdapterInfo
    from swb_schemas.documents import Document

SAMPLE = next(s for s in list_samples("form-d-plain") if s.adapter is VIETNAM)
DOCUMENT = VIETNAM.to_canonical(SAMPLE.raw).document


class _Through:
    """Passes everything on to a good adapter; the bad ones change one thing."""

    @property
    def info(self) -> AdapterInfo:
        return VIETNAM.info

    def to_canonical(self, raw: bytes) -> Reading:
        return VIETNAM.to_canonical(raw)

    def from_canonical(self, document: Document) -> Rendering:
        return VIETNAM.from_canonical(document)


class _Silent(_Through):
    """Loses the remarks and the trade mark, and does not say so."""

    def from_canonical(self, document: Document) -> Rendering:
        assert isinstance(document, CertificateOfOrigin)
        poorer = document.items[0].model_copy(update={"trademark_name": None})
        items = (poorer, *document.items[1:])
        return VIETNAM.from_canonical(document.model_copy(update={"items": items}))


class _Counting(_Through):
    """Puts a running number into every payload."""

    def __init__(self) -> None:
        self._count = 0

    def from_canonical(self, document: Document) -> Rendering:
        self._count += 1
        rendering = VIETNAM.from_canonical(document)
        note = b"<!-- %d -->" % self._count
        return replace(rendering, payload=rendering.payload + note)


class _Undeclared(_Through):
    """Loses what its description does not mention."""

    @property
    def info(self) -> AdapterInfo:
        messages = tuple(replace(message, loses=()) for message in VIETNAM.info.messages)
        return replace(VIETNAM.info, messages=messages)


class _Crashing(_Through):
    """Lets a builtin exception out."""

    def to_canonical(self, raw: bytes) -> Reading:
        return VIETNAM.to_canonical(raw[raw.index(b"Envelope") :])


def test_finds_nothing_wrong_with_a_good_adapter() -> None:
    assert check_payload(_Through(), SAMPLE.raw) == ()


def test_finds_a_silent_loss() -> None:
    (problem,) = check_document(_Silent(), DOCUMENT)[:1]
    assert "CertificateOfOrigin/Item[1]/TrademarkName to be carried or declared lost" in problem


def test_finds_a_payload_that_differs_from_call_to_call() -> None:
    problems = check_document(_Counting(), DOCUMENT)
    assert "expected the same payload for the same document, found another" in problems


def test_finds_a_loss_that_the_description_does_not_mention() -> None:
    assert isinstance(DOCUMENT, CertificateOfOrigin)
    names = (LocalText(lang="th", value="ชื่อ"),)
    exporter = DOCUMENT.exporter.model_copy(update={"national_names": names})
    document = DOCUMENT.model_copy(update={"exporter": exporter})
    problems = check_document(_Undeclared(), document)
    assert any("to lie under a pattern of info's loses" in problem for problem in problems)


def test_finds_an_exception_that_is_no_refusal() -> None:
    (problem,) = check_refusals(_Crashing(), b"\0")
    assert "expected RefusedError, found ValueError" in problem


def test_finds_a_payload_read_that_should_be_refused() -> None:
    assert check_refusals(_Through(), SAMPLE.raw) == (
        "expected the payload to be refused, found it read",
    )


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (lambda: Path(__file__).read_bytes(), "open"),
        (lambda: list(Path(__file__).parent.iterdir()), "os."),
        (lambda: datetime.now(UTC), "datetime.datetime.now"),
        (time.time, "time.time"),
        (random.random, "random"),
        (lambda: random.shuffle([1, 2]), "random"),
    ],
    ids=["a file", "a folder", "the clock", "seconds", "randomness", "a shuffle"],
)
def test_finds_an_impure_call(call: Callable[[], object], found: str) -> None:
    assert any(found in problem for problem in check_purity(lambda: call()))  # noqa: PLW0108 - the call has to be made under watch


def test_does_not_blame_a_call_for_the_collection_of_garbage() -> None:
    def look_at_the_clock(_phase: str, _info: dict[str, int]) -> None:
        time.perf_counter()

    gc.callbacks.append(look_at_the_clock)
    try:
        assert check_purity(lambda: [[] for _ in range(100_000)]) == ()
    finally:
        gc.callbacks.remove(look_at_the_clock)
    assert gc.isenabled()


def test_finds_nothing_impure_in_arithmetic() -> None:
    assert check_purity(lambda: sum(range(10))) == ()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": "Viet Nam"}, "expected a name of small letters"),
        ({"version": "1"}, "expected a version major.minor.patch"),
        ({"state": "vn"}, "expected a state of two capital letters"),
        ({"file_suffix": "xml"}, "expected a file suffix"),
        ({"messages": ()}, "expected at least one message type"),
        (
            {"messages": (MessageSupport(message_type="CertificateIssue", model=CustomsReceipt),)},
            "expected a message type of the catalogue with its model",
        ),
        (
            {
                "messages": (
                    MessageSupport(
                        message_type="CustomsReceipt",
                        model=CustomsReceipt,
                        loses=("CustomsReceipt/Colour",),
                    ),
                )
            },
            "expected CustomsReceipt/Colour to be an element",
        ),
    ],
    ids=["name", "version", "state", "suffix", "no messages", "wrong model", "unknown element"],
)
def test_finds_a_wrong_description(changed: dict[str, object], problem: str) -> None:
    class Described(_Through):
        @property
        def info(self) -> AdapterInfo:
            return replace(VIETNAM.info, **changed)  # type: ignore[arg-type]  # one field each

    assert any(problem in each for each in check_info(Described()))


def test_finds_a_sample_that_is_not_of_the_media_type() -> None:
    class Json(_Through):
        @property
        def info(self) -> AdapterInfo:
            return replace(VIETNAM.info, media_type="application/json", file_suffix=".json")

    checks = run_checks(Json(), [("form-d.json", SAMPLE.raw)], pure=False, examples=1, mutations=1)
    (found,) = [each for each in checks if each.check == "sample is of its media type"]
    assert found.subject == "form-d.json"
    assert "expected a sample of application/json" in found.problems[0]


def test_finds_a_path_that_leads_to_no_element() -> None:
    support = VIETNAM.info.get_support(DOCUMENT)
    paths = PathMap([("CertificateOfOrigin/Itm[*]", "Goods[*]")])
    assert any("CertificateOfOrigin/Itm[*] to be" in each for each in check_paths(support, paths))


def test_finds_an_element_without_a_national_path() -> None:
    support = VIETNAM.info.get_support(DOCUMENT)
    paths = PathMap([("CertificateOfOrigin", "Form")])
    problems = check_paths(support, paths)
    assert (
        "expected a national path for CertificateOfOrigin/ReferenceNumber, found none" in problems
    )
    assert not any("NationalName" in problem for problem in problems)


def test_generates_names_in_every_script_and_language_of_the_region() -> None:
    languages: set[str] = set()
    countries: set[str] = set()
    letters: set[str] = set()

    @settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(traders())
    def see(trader: dict[str, Any]) -> None:
        countries.add(trader["country"])
        for each in (*trader["national_names"], *trader["national_addresses"]):
            languages.add(each["lang"])
            letters.update(unicodedata.name(one, "").split(" ")[0] for one in each["value"])

    see()
    assert "TL" in countries
    assert {"ms-Arab", "ta", "tl", "pt", "tet"} <= languages
    assert {"ARABIC", "TAMIL", "THAI", "LAO", "KHMER", "MYANMAR"} <= letters
