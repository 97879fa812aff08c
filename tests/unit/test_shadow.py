"""Another edition over what is stored: what would change, clause by clause, and nothing else."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.app import open_store
from swb.app.shadowing import run_shadow
from swb.cli.entry import main
from swb.config import Config, load_config
from swb.services.shadowing import Shadow, Shadowed, Stored, list_changes
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from swb_schemas.rulebook import (
    RULES,
    Place,
    build_rules,
    check_document,
    find_by_rule,
    get_place_of_issue,
    read_pack,
)
from swb_schemas.wire.sealed import read_kept
from tests.rulebook.case import plain
from tests.stored_form_ds import DAY, fill_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COUNT: Final = 120
PACK: Final = b"""
title = "tried out"
[figures]
least_share = 45
[states.VN]
fob_shown = [{ agreement = "ATIGA", from = 2019-01-01 }]
[rules."rule.presented_late"]
severity = "refuse"
"""


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("shadow")
    return fill_store(folder, COUNT)


@pytest.fixture(scope="module")
def config(config_file: Path) -> Config:
    return load_config(config_file)


@pytest.fixture(scope="module")
def stored(config: Config) -> Sequence[Stored]:
    async def read() -> Sequence[Stored]:
        async with open_store(config) as store:
            return [
                Stored(octets=each.octets, taken_on=DAY, sent=each.direction == "out")
                for each in await store.list_documents(limit=COUNT)
            ]

    return asyncio.run(read())


def test_an_edition_that_changes_nothing_changes_nothing(stored: Sequence[Stored]) -> None:
    found = Shadow(b"title = 'the same'").judge(stored)
    assert (found.certificates, found.changed, found.changes) == (COUNT, 0, {})
    assert found.refused_now == found.refused_then


def test_counts_by_clause_what_would_change(stored: Sequence[Stored]) -> None:
    """Against judging every certificate twice, by hand."""
    found = Shadow(PACK).judge(stored)
    rules = build_rules(read_pack(PACK))
    share = fob = 0
    for each in stored:
        _, document = read_kept(each.octets)
        assert isinstance(document, CertificateOfOrigin)
        place = get_place_of_issue(document)
        codes = {one.code for one in check_document(document, at=DAY, place=place, rules=rules)}
        share += "rule.share_below_threshold" in codes
        fob += "rule.fob_missing" in codes
    assert share
    assert fob
    by_code = {code: change for (_, code), change in found.changes.items()}
    assert by_code["rule.share_below_threshold"].appears == share
    assert by_code["rule.fob_missing"].appears == fob
    late = by_code["rule.presented_late"]
    assert (late.appears, late.vanishes, late.weighs_less) == (0, 0, 0)
    assert late.weighs_more
    assert found.refused_then > found.refused_now
    assert all(change.examples for change in found.changes.values())


ANNEX_3: Final = (
    "ATIGA Annex 3, by product; 37 is assumed",
    "rule.share_below_threshold",
)
ART_28: Final = ("ATIGA Art. 28", "rule.share_below_threshold")


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        pytest.param("", {}, id="nothing is changed"),
        pytest.param(
            "assumed_share = 37",
            {ANNEX_3: (1, 0, 0, 0)},
            id="one clause more",
        ),
        pytest.param("least_share = 30", {ART_28: (0, 1, 0, 0)}, id="one clause less"),
        pytest.param(
            "least_share = 30\nassumed_share = 37",
            {
                ANNEX_3: (1, 0, 0, 0),
                ART_28: (0, 1, 0, 0),
            },
            id="one clause instead of another",
        ),
    ],
)
def test_two_clauses_of_one_code_are_told_apart(
    figures: str, expected: dict[tuple[str, str], tuple[int, ...]]
) -> None:
    """A share below the 40 of Art. 28 alone, and one that Annex 3 judges."""
    document = plain(
        items__0__origin_criterion={"bases": ["RVC"], "percentage": "39"},
        items__1__origin_criterion={"bases": ["CTH", "RVC"], "percentage": "36"},
    )
    assert tell_changes(document, f"[figures]\n{figures}") == expected


def test_a_line_is_the_same_although_its_clause_is_spelled_otherwise() -> None:
    document = plain(
        items=1, items__0__origin_criterion={"bases": ["CTH", "RVC"], "percentage": "30"}
    )
    assert tell_changes(document, "[figures]\nassumed_share = 37") == {}


def test_a_clause_that_moves_to_another_item_appears_and_vanishes() -> None:
    """One item is mended, and another falls."""
    before = plain(items__0__origin_criterion={"bases": ["RVC"], "percentage": "39"})
    after = plain(items__1__origin_criterion={"bases": ["RVC"], "percentage": "39"})
    now, then = (find_by_rule(each, at=DAY, place=Place.ISSUER) for each in (before, after))
    (change,) = list_changes(now, then).values()
    assert (change.appears, change.vanishes) == (1, 1)


def tell_changes(
    document: CertificateOfOrigin, figures: str
) -> dict[tuple[str, str], tuple[int, ...]]:
    pack = f"title = 'tried out'\n{figures}".encode()
    now, then = (
        find_by_rule(document, at=DAY, place=Place.ISSUER, rules=rules)
        for rules in (RULES, build_rules(read_pack(pack)))
    )
    return {
        key: (each.appears, each.vanishes, each.weighs_more, each.weighs_less)
        for key, each in list_changes(now, then).items()
    }


def test_processes_find_what_one_finds(config: Config, stored: Sequence[Stored]) -> None:
    def tell(found: Shadowed) -> object:
        changes = {
            key: (each.appears, each.vanishes, each.weighs_more, each.weighs_less)
            for key, each in found.changes.items()
        }
        return found.certificates, found.changed, found.refused_now, found.refused_then, changes

    ran = asyncio.run(run_shadow(config, pack=PACK, since=DAY, processes=1))
    assert tell(ran) == tell(Shadow(PACK).judge(stored))


def test_since_is_the_first_day(config: Config) -> None:
    later = DAY.replace(day=DAY.day + 1)
    ran = asyncio.run(run_shadow(config, pack=PACK, since=later, processes=1))
    assert ran.certificates == 0


def test_refuses_a_store_that_is_no_gateways(config: Config) -> None:
    party = config.party.model_copy(update={"state": "REGION"})
    router = config.model_copy(update={"party": party})
    with pytest.raises(RefusedError, match="expected the configuration of a gateway") as caught:
        asyncio.run(run_shadow(router, pack=PACK, since=DAY, processes=1))
    assert caught.value.code == "config.invalid"


def test_refuses_a_pack_before_anything_is_read(tmp_path: Path, config: Config) -> None:
    with pytest.raises(RefusedError, match="expected TOML") as caught:
        asyncio.run(run_shadow(config, pack=b"=", since=DAY, processes=1))
    assert caught.value.code == "rules.pack_malformed"
    assert list(tmp_path.iterdir()) == []


def test_the_command_judges_what_was_taken_since_then(
    config_file: Path, stored: Sequence[Stored], capsys: pytest.CaptureFixture[str]
) -> None:
    pack = config_file.with_name("pack.toml")
    pack.write_bytes(PACK)
    command = ["rules", "shadow", "--pack", str(pack), "--config", str(config_file), "--json"]
    found = Shadow(PACK).judge(stored)
    for since, processes, counted in ((DAY, 1, COUNT), (DAY, 2, COUNT), (DAY + timedelta(1), 2, 0)):
        more = ["--since", since.isoformat(), "--processes", str(processes)]
        assert main([*command, *more]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["certificates"] == counted
        assert told["changed"] == (found.changed if counted else 0)


def test_traffic_is_told_of_the_days_and_the_member_that_are_asked_for(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a store without messages: its days, and whom nothing is known of."""
    command = ["traffic", "--config", str(config_file), "--from", "2026-11-19"]
    assert main([*command, "--to", "2026-11-20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["from"], told["to"], told["traffic"]) == ("2026-11-19", "2026-11-20", [])
    assert main([*command, "--member", "vn"]) == 0
    assert "no messages of 'vn' were recorded" in capsys.readouterr().out
    assert main([*command, "--to", "2026-11-18"]) == 2
