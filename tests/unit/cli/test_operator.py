"""Who is said to sit at the keyboard."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

import pytest

from swb.cli.operator import find_operator

if TYPE_CHECKING:
    from pathlib import Path

OWN = pwd.getpwuid(os.getuid()).pw_name


def test_it_is_who_logged_in_whatever_sudo_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = tmp_path / "loginuid"
    login.write_text(f"{os.getuid()}")
    monkeypatch.setenv("SUDO_UID", "1")
    assert find_operator(login) == OWN
    login.write_text("4000000001")
    assert find_operator(login) == "uid 4000000001"


@pytest.mark.parametrize("told", ["4294967295", "", "nobody"])
def test_where_nobody_logged_in_it_is_the_account_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    login = tmp_path / "loginuid"
    login.write_text(told)
    assert find_operator(login) == OWN
    assert find_operator(tmp_path / "none") == OWN


def test_what_root_says_of_a_caller_is_told_as_roots_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = pwd.getpwuid(1)
    monkeypatch.setenv("SUDO_UID", f"{daemon.pw_uid}")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert find_operator(tmp_path / "none") == f"root for {daemon.pw_name}"
    monkeypatch.setattr(os, "getuid", lambda: daemon.pw_uid)
    monkeypatch.setenv("SUDO_UID", "0")
    assert find_operator(tmp_path / "none") == daemon.pw_name
