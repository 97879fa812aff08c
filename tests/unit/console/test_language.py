"""Catalogues are whole, and the language is the one that a reader understands best."""

from __future__ import annotations

import re
import runpy
from typing import TYPE_CHECKING, Final

import pytest
from babel.messages.pofile import read_po

from swb.console.boxes import list_boxes, list_item_boxes
from swb.console.language import ENGLISH, LANGUAGES, choose_language
from swb.console.words import FACTS, ROLES, say_fact
from swb.core.access import AccessRole
from swb.core.lifecycle import Fact
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from babel.messages.catalog import Catalog

TOOL: Final = runpy.run_path(str(ROOT / "tools" / "messages.py"))
FILES: Final = sorted(TOOL["LOCALE"].glob("*/LC_MESSAGES/console.po"))
PLACES: Final = re.compile(r"\{\w*\}")


def test_there_is_a_second_language() -> None:
    assert set(LANGUAGES) == {"en", "vi"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.parent.name)
def test_a_catalogue_is_what_its_tool_writes(file: Path) -> None:
    """Whatever a page says is in it, and nothing else: ``python tools/messages.py``."""
    update: Callable[[Path, Catalog], bytes] = TOOL["update"]
    assert update(file, TOOL["extract"]()) == file.read_bytes()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.parent.name)
def test_every_message_is_translated_with_the_places_that_it_has(file: Path) -> None:
    with file.open("rb") as source:
        catalogue = read_po(source)
    wrong = [
        message.id
        for message in catalogue
        if message.id
        and (
            not message.string
            or message.fuzzy
            or sorted(PLACES.findall(str(message.id)))
            != sorted(PLACES.findall(str(message.string)))
        )
    ]
    assert wrong == []


def test_whatever_is_named_has_a_name() -> None:
    assert set(FACTS) == set(Fact)
    assert set(ROLES) == set(AccessRole)
    vietnamese = LANGUAGES["vi"]
    boxes = [box for _, _, group in list_boxes({}) for box in group]
    for box in [*boxes, *list_item_boxes({}, 1)]:
        assert vietnamese.say(box.name), box
    assert say_fact(Fact.GIVEN, vietnamese) == "Được hưởng ưu đãi."
    assert say_fact("OF A LATER VERSION", vietnamese) == ""


@pytest.mark.parametrize(
    ("chosen", "accepted", "tag"),
    [
        ("", "", "en"),
        ("", "vi-VN,vi;q=0.9,en;q=0.5", "vi"),
        ("", "th,vi;q=0.5", "vi"),
        ("", "en;q=0.4,vi;q=0.6", "vi"),
        ("", "vi;q=0,en", "en"),
        ("", "vi;q=nonsense,en", "en"),
        ("", "ja", "en"),
        ("en", "vi", "en"),
        ("nonsense", "vi", "vi"),
        ("../../etc/passwd", "", "en"),
    ],
)
def test_chooses_a_language(chosen: str, accepted: str, tag: str) -> None:
    assert choose_language(chosen, accepted).tag == tag


def test_numbers_are_spelled_as_readers_do() -> None:
    assert ENGLISH.count(1234567) == "1,234,567"
    assert LANGUAGES["vi"].count(1234567) == "1.234.567"
    assert LANGUAGES["vi"].name == "Tiếng Việt"
