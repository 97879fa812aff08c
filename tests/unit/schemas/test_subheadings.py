"""The Harmonized System between two editions, and tariffs built upon one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from swb.cli.codes import command
from swb_schemas.codelists.harmonized import read_subheadings
from swb_schemas.codelists.subheadings import HsEdition, load_hs_step
from swb_schemas.codelists.tariff import list_foreign_lines, read_tariff
from swb_schemas.errors import Actor, RefusedError
from tests.services import find_samples

if TYPE_CHECKING:
    from pathlib import Path

TARIFF: Final = (
    b"chapter,hscode,description\n24,2404,heading\n24,2404.11.00,inhaled, \n".replace(
        b", \n", b"\n"
    )
    + b"24,24041200,other\n01,0101.21.00.10,horses\n"
)

BECAME: Final = {
    "unchanged": ("010121", ("010121",)),
    "split": ("240399", ("240399", "240411", "240419")),
    "of eight digits": ("24039950", ("240399", "240411", "240419")),
    "none of the older edition": ("240411", ()),
    "no code": ("", ()),
}


@pytest.mark.parametrize(("older", "newer"), BECAME.values(), ids=BECAME)
def test_says_what_a_subheading_became(older: str, newer: tuple[str, ...]) -> None:
    step = load_hs_step()
    assert step.became(older) == newer
    assert all(older[:6] in step.came_of(each) for each in newer)


def test_both_editions_are_whole_and_clean() -> None:
    step = load_hs_step()
    counts = {each.title: step.count(each) for each in HsEdition}
    assert counts == {"HS-2017": 5386, "HS-2022": 5612}
    assert not step.holds("999999", HsEdition.HS_2022)
    assert step.holds("240411", HsEdition.HS_2022)
    assert not step.holds("240411", HsEdition.HS_2017)


def test_the_newer_edition_is_the_published_list() -> None:
    raw = (find_samples() / "codes" / "harmonized-system" / "harmonized-system.csv").read_bytes()
    step = load_hs_step()
    missing = [each for each in read_subheadings(raw) if not step.holds(each, HsEdition.HS_2022)]
    assert missing == ["999999"]
    assert step.count(HsEdition.HS_2022) == len(read_subheadings(raw)) - 1


def test_reads_a_tariff_and_passes_over_what_is_no_line_of_it() -> None:
    assert read_tariff(TARIFF) == {
        "24041100": "inhaled",
        "24041200": "other",
        "0101210010": "horses",
    }


def test_finds_lines_of_another_edition() -> None:
    lines = read_tariff(TARIFF)
    assert list_foreign_lines(lines, HsEdition.HS_2022) == []
    assert list_foreign_lines(lines, HsEdition.HS_2017) == ["24041100", "24041200"]


REFUSED: Final = {
    "other columns": b"code,text\n01012100,x\n",
    "a short line": TARIFF + b"24,24041900\n",
    "a code twice": TARIFF + b"24,2404.11.00,again\n",
    "no lines": b"hscode,description\n2404,heading\n",
    "another encoding": b"\xff\xfe",
    "nothing": b"",
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED)
def test_refuses_what_is_no_tariff(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refusal:
        read_tariff(raw)
    assert refusal.value.code == "codes.malformed"


ASKED: Final = {
    "a step": (["step", "2403.99"], "HS 2017 240399 became 240399, 240411, 240419", ""),
    "a step back": (["step", "240411"], "HS 2022 240411 came of", ""),
    "no subheading": (["step", "000000"], "", "codes.not_listed"),
    "a line": (["tariff", "{file}", "2404.11.00"], "24041100  inhaled", ""),
    "no line": (["tariff", "{file}", "24041900"], "", "codes.not_listed"),
    "another edition": (
        ["tariff", "{file}", "24041100", "--edition", "HS-2017"],
        "",
        "codes.other_edition",
    ),
}


@pytest.mark.parametrize(("words", "text", "code"), ASKED.values(), ids=ASKED)
def test_commands_answer(tmp_path: Path, words: list[str], text: str, code: str) -> None:
    file = tmp_path / "tariff.csv"
    file.write_bytes(TARIFF)
    ran = CliRunner().invoke(
        command, [each.format(file=file) for each in words], standalone_mode=False
    )
    if code:
        assert isinstance(ran.exception, RefusedError)
        assert ran.exception.code == code
    else:
        assert text in ran.return_value.text


def test_a_fault_of_a_file_names_the_file_and_the_line(tmp_path: Path) -> None:
    file = tmp_path / "tariff.csv"
    file.write_bytes(TARIFF + b"24,24041900\n")
    with pytest.raises(RefusedError) as refusal:
        CliRunner().invoke(
            command,
            ["tariff", str(file), "24041100"],
            standalone_mode=False,
            catch_exceptions=False,
        )
    number = len(TARIFF.splitlines()) + 1
    assert refusal.value.message.startswith(f"{file}: line {number}: expected ")


def test_a_list_that_is_a_part_says_so_of_a_code_that_it_lacks() -> None:
    with pytest.raises(RefusedError, match="of which this list has a part") as refusal:
        CliRunner().invoke(
            command, ["show", "ports", "SGXXX"], standalone_mode=False, catch_exceptions=False
        )
    assert refusal.value.actor is Actor.OPERATOR
