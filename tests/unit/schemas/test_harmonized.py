"""Published files of the Harmonized System are read; what is none is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from swb.cli.codes import command
from swb_schemas.codelists.harmonized import LARGEST_FILE, read_steps, read_subheadings
from swb_schemas.errors import RefusedError
from tests.services import find_samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIST: Final = b"section,hscode,description\nIV,2404,heading\nIV,240411,one\nIV,240412,two\n"
STEPS: Final = b"HS 2017,HS 2022\n2403.99,2404.11\n240399,240412\n"

REFUSED: Final[dict[str, tuple[Callable[[bytes], object], bytes]]] = {
    "another encoding": (read_subheadings, b"\xff\xfe"),
    "other columns": (read_subheadings, b"code,text\n010101,x\n"),
    "a line that is short": (read_subheadings, LIST + b"IV,240413\n"),
    "no subheadings": (read_subheadings, b"hscode,description\n2404,heading\n"),
    "nothing": (read_subheadings, b""),
    "too large": (read_subheadings, b" " * (LARGEST_FILE + 1)),
    "no pairs": (read_steps, b"HS 2017,HS 2022\n"),
    "a pair that is none": (read_steps, STEPS + b"240399\n"),
    "a code of eight digits": (read_steps, STEPS + b"24039900,240411\n"),
}


def test_reads_subheadings_and_steps() -> None:
    assert read_subheadings(LIST) == {"240411": "one", "240412": "two"}
    assert read_steps(STEPS) == {"240399": ("240411", "240412")}


@pytest.mark.parametrize(("read", "raw"), REFUSED.values(), ids=REFUSED)
def test_refuses_what_is_no_list(read: Callable[[bytes], object], raw: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        read(raw)
    assert caught.value.code == "codes.malformed"


def test_reads_the_published_list_of_2022() -> None:
    raw = (find_samples() / "codes" / "harmonized-system" / "harmonized-system.csv").read_bytes()
    listed = read_subheadings(raw)
    assert len(listed) == 5613
    assert "240412" in listed


def test_a_code_is_looked_up_and_one_that_is_not_listed_refused(tmp_path: Path) -> None:
    (tmp_path / "hs.csv").write_bytes(LIST)
    ran = CliRunner().invoke(command, ["hs", str(tmp_path / "hs.csv"), "240499"])
    assert isinstance(ran.exception, RefusedError)
    assert ran.exception.code == "codes.not_listed"
    (tmp_path / "steps.csv").write_bytes(STEPS)
    older = ["hs", str(tmp_path / "hs.csv"), "--steps", str(tmp_path / "steps.csv")]
    for code, became in (("240399", ["240411", "240412"]), ("240412", ["240412"])):
        answer = CliRunner().invoke(command, [*older, code], standalone_mode=False).return_value
        assert [each["code"] for each in answer.value["subheadings"]] == became
    gone = CliRunner().invoke(command, ["show", "countries", "YU", "--at", "2026-01-01"])
    assert isinstance(gone.exception, RefusedError)
    held = CliRunner().invoke(command, ["show", "countries", "YU", "--at", "2001-01-01"])
    assert held.exception is None
