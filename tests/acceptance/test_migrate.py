"""``swb migrate``: looked at, made, found made; for both kinds of store."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest

from swb.sandbox.region import lay_out_region

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from swb.sandbox.region import Region
    from tests.acceptance.program import Program


@pytest.fixture(scope="module")
def database(postgres_server: PrivatePostgres) -> str:
    """An empty database; its URL."""
    asyncio.run(postgres_server.add_database("migrate"))
    return postgres_server.url("migrate")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def region(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A region whose stores nobody has made."""
    url = request.getfixturevalue("database") if request.param == "postgres" else None
    folder = tmp_path_factory.mktemp("region")
    laid_out = asyncio.run(lay_out_region(folder, at=datetime.now(UTC), store_url=url))
    file = laid_out.gateways["TH"]
    text = file.read_text().replace("[store]\n", '[store]\nmigrate = "command"\n')
    file.write_text(text)
    return laid_out


def test_only_the_command_migrates_where_the_configuration_says_so(
    swb: Program, region: Region
) -> None:
    config = ("--config", region.gateways["TH"])

    looked = swb("migrate", *config, "--check", "--json")
    assert looked.status == 4
    assert looked.failure["code"] == "store.schema"
    assert (looked.value["found"], looked.value["version"]) == (0, 0)
    refused = swb("run", *config, "--json")
    assert refused.status == 4
    assert "store.schema" in refused.stderr + refused.stdout.decode()

    done = swb("migrate", *config, "--json")
    assert done.status == 0, done
    assert done.value["found"] == 0
    assert done.value["version"] == done.value["wanted"] >= done.value["compatible_with"] >= 1
    again = swb("migrate", *config, "--check", "--json")
    assert again.status == 0
    assert again.value["found"] == again.value["version"] == done.value["version"]
    assert "schema version" in swb("migrate", *config).stdout.decode()


def test_a_schema_that_needs_newer_code_is_left_alone(
    swb: Program, database: str, tmp_path: Path
) -> None:
    region = asyncio.run(
        lay_out_region(tmp_path, states=("VN", "TH"), at=datetime.now(UTC), store_url=database)
    )
    config = ("--config", region.gateways["VN"])
    assert swb("migrate", *config).status == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE vn.schema_info SET version = 9, compatible_with = 9")
    for options in ((), ("--check",)):
        refused = swb("migrate", *config, *options, "--json")
        assert (refused.status, refused.failure["code"]) == (4, "store.schema")


def test_the_demonstration_runs_on_postgresql(swb: Program) -> None:
    done = swb("demo", "--documents", "7", "--store", "postgres", "--json")
    assert done.status == 0, done
    assert done.value["delivered"] == 7
    assert (done.value["lost"], done.value["duplicated"]) == (0, 0)
    kept = swb("demo", "--store", "postgres", "--keep", "somewhere")
    assert kept.status == 2
    assert "--store" in kept.stderr or "sqlite" in kept.stderr
