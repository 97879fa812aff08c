"""What the pages say of installing is done, without a network, and systemd's unit starts it.

The wheels of others are fetched once by the page's own command, into ``build/wheels``, and fetched
again when the lock changes; whatever lies there, pip compares it with the hashes of the lock.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from configparser import ConfigParser
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from swb.sandbox.region import lay_out_region
from tests.dependencies import read_direct, read_lock
from tests.out_of_tree import Beside
from tests.pages import BLOCK, run_page
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE: Final = "docs/how-to/operate.md"
DEPLOY: Final = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
UNITS: Final = ROOT / "deploy" / "systemd"
LOCK: Final = ROOT / "requirements.lock"
CHECKOUT: Final = ("LICENSE", "README.md", "pyproject.toml", "requirements.lock", "schemas")
"""What of a checkout the wheel is made of, besides what `run_page` puts there."""
FETCHING: Final = r"python3 -m pip download .*"
NO_NETWORK: Final = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_NO_BUILD_ISOLATION": "0",  # 0 means that there is none: what builds the wheel is here
    "PIP_NO_COMPILE": "0",  # in the same way: nothing is compiled before it is imported
    "PYTHONPATH": "",
}
VERSIONS: Final = """\
import json
from importlib.metadata import distributions
print(json.dumps({each.name: each.version for each in distributions()}))
"""


@pytest.fixture(scope="module")
def wheels() -> Path:
    """The wheels of others that the lock names, as the page fetches them."""
    kind = f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    place = ROOT / "build" / "wheels" / f"{kind}-{digest}"
    if place.is_dir():
        return place
    found = re.search(f"^{FETCHING}$", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    place.parent.mkdir(parents=True, exist_ok=True)
    fetched = place.with_name(f"{place.name}.{os.getpid()}")
    command = found[0].replace("python3 ", f"{sys.executable} ").replace("-d wheels", '-d "$0"')
    done = subprocess.run(
        ["bash", "-c", command, fetched], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        shutil.rmtree(fetched, ignore_errors=True)
        _require_index()
    assert not done.returncode, done.stderr
    fetched.rename(place)
    return place


def _require_index() -> None:
    """Skip where no package index answers, or fail where everything has to be there."""
    asked = [sys.executable, "-m", "pip", "index", "versions", "pip", "--retries", "0"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        reason = "no package index answers, and build/wheels does not hold what the lock names"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def carried(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the checkout and the wheels of others, before the page's other commands."""
    folder = tmp_path_factory.mktemp("carried")
    _lay_out(folder, wheels)
    return folder


def _lay_out(folder: Path, wheels: Path) -> None:
    (folder / "wheels").mkdir()
    for each in wheels.iterdir():
        (folder / "wheels" / each.name).symlink_to(each)
    for name in CHECKOUT:
        (folder / name).symlink_to(ROOT / name)


@pytest.fixture(scope="module")
def without_network() -> Iterator[None]:
    """Nothing can be fetched, and nothing of the checkout imported."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NO_NETWORK.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def installed(carried: Path, without_network: None) -> Beside:
    """What the page's commands installed, from the folder that was carried over."""
    del without_network
    place = carried / "opt" / "swb"
    printed = run_page(PAGE, carried, without=FETCHING, instead={"/opt/swb": place})
    assert "No broken requirements found." in printed
    assert printed.splitlines()[-1].startswith("swb ")
    return Beside(place)


def test_what_is_installed_without_a_network_is_what_the_lock_names(
    installed: Beside, tmp_path: Path
) -> None:
    told = json.loads(installed.run("-c", VERSIONS, cwd=tmp_path))
    found = {canonicalize_name(name): version for name, version in told.items()}
    named = {
        name: each.version
        for name, each in read_lock("run").items()
        if each.requirement.marker is None or each.requirement.marker.evaluate()
    }
    beside = {"pip", "setuptools", "single-window-broker"}
    assert found.keys() > beside - {"setuptools"}
    assert {name: found[name] for name in found.keys() - beside} == named
    runs = [each for each in read_direct() if each.needed_by in _extras_that_run()]
    assert {each.name for each in runs} <= named.keys()


def _extras_that_run() -> set[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^all = \["([^"]+)"\]$', text, re.MULTILINE)
    assert found is not None
    return {"base", *Requirement(found[1]).extras}


def test_what_was_changed_on_the_way_is_not_installed(
    carried: Path, installed: Beside, wheels: Path, tmp_path: Path
) -> None:
    """By the digests that were carried over, and by the lock where those were changed as well."""
    _lay_out(tmp_path, wheels)
    shutil.copy(carried / "SHA256SUMS", tmp_path)
    for each in (carried / "wheels").glob("single_window_broker-*.whl"):
        shutil.copy(each, tmp_path / "wheels")
    (victim,) = (tmp_path / "wheels").glob("click-*.whl")
    octets = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(octets + b"\0")
    checking, *_, installing = (
        next(
            line for line in (ROOT / PAGE).read_text(encoding="utf-8").splitlines() if part in line
        )
        for part in (
            "sha256sum --check",
            "--require-hashes -r requirements.lock",
            "--no-index --find",
        )
    )
    checked = _run(checking, tmp_path)
    assert checked.returncode
    assert "wheels/click-" in checked.stdout
    (tmp_path / "only").write_text(_entry_of("click"), encoding="utf-8")
    place = str(installed.folder)
    command = installing.replace("/opt/swb", place).replace("-r requirements.lock", "-r only")
    refused = _run(f"{command} --force-reinstall --no-deps --dry-run", tmp_path)
    assert refused.returncode
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def _entry_of(name: str) -> str:
    found = re.search(rf"^{name}==.*\n(?: .*\n)+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[0]


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )


# --- systemd -----------------------------------------------------------------------------------


def read_unit(name: str) -> ConfigParser:
    """Read a unit; of what it says more than once, the last."""
    unit = ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names stand as they are spelled
    unit.read(UNITS / name, encoding="utf-8")
    return unit


def test_the_daemon_of_the_unit_starts_from_what_was_installed_and_stops(
    installed: Beside, tmp_path: Path
) -> None:
    region = asyncio.run(
        lay_out_region(tmp_path / "region", states=("TH", "VN"), at=datetime.now(UTC), seed=3)
    )
    service = read_unit("swb@.service")["Service"]
    program = tmp_path / "usr" / "bin" / "swb"
    program.parent.mkdir(parents=True)
    linking = re.search(r"^ln -s (\S+) (\S+)$", DEPLOY, re.MULTILINE)
    assert linking is not None
    assert linking.groups() == ("/opt/swb/bin/swb", service["ExecStart"].split()[0])
    program.symlink_to(installed.programs / "swb")
    configuration = f"/etc/{service['ConfigurationDirectory']}/%i.toml"
    words = [
        each.replace(configuration, str(region.gateways["TH"]))
        for each in service["ExecStart"].split()[1:]
    ]
    assert str(region.gateways["TH"]) in words
    assert service["Type"] == "notify"
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(address))
        supervisor.settimeout(60)
        with subprocess.Popen(
            [program, *words],
            cwd=tmp_path,
            env={**os.environ, "NOTIFY_SOCKET": str(address)},
            stderr=subprocess.PIPE,
            text=True,
        ) as daemon:
            try:
                ready = supervisor.recv(4096).decode()
                daemon.send_signal(signal.SIGTERM)
                _, said = daemon.communicate(timeout=60)
            finally:
                daemon.kill()
    assert ready.startswith("READY=1"), said
    assert daemon.returncode == 0, said

    upgrade = (ROOT / PAGE).read_text(encoding="utf-8").partition("\n## Upgrade\n")[2]
    asked = re.search(r"`/opt/swb-NEW/bin/swb (migrate [^`]*)`", upgrade)
    assert asked is not None
    question = asked[1].replace("FILE", str(region.gateways["TH"])).split()
    assert "schema version" in installed.command(*question, cwd=tmp_path)


def test_the_user_folders_and_units_of_the_page_are_those_of_the_units() -> None:
    (block,) = (
        each for each in re.findall(r"```text\n(.*?)```", DEPLOY, re.DOTALL) if "useradd" in each
    )
    service = read_unit("swb@.service")["Service"]
    told = re.search(r"^useradd .*--home-dir (\S+) .* (\S+)$", block, re.MULTILINE)
    assert told is not None
    assert told[2] == service["User"] == service["Group"]
    assert service["StateDirectory"] == f"{told[2]}/%i"
    assert told[1] == f"/var/lib/{told[2]}"
    assert service["WorkingDirectory"] == f"{told[1]}/%i"
    assert f"install -d -o root -g {service['Group']} -m 0750 /etc/{told[2]}\n" in block
    for unit in re.findall(r"\S+@\S+\.(?:service|timer)", block):
        name, _, instance = unit.partition("@")
        assert (UNITS / f"{name}@.{instance.rpartition('.')[2]}").is_file(), unit
    asks_the_network = block.splitlines()[:3]
    by_hand = BLOCK.findall((ROOT / PAGE).read_text(encoding="utf-8"))[-1].splitlines()
    without = re.compile(r" --no-index| --find-links wheels")
    assert asks_the_network == [without.sub("", each) for each in by_hand[1:4]]


def test_systemd_enables_the_units_as_the_page_does(tmp_path: Path) -> None:
    if shutil.which("systemctl") is None:
        pytest.skip("systemctl is not installed: apt-get install systemd")
    enabling = re.search(r"^systemctl enable --now (.+)$", DEPLOY, re.MULTILINE)
    assert enabling is not None
    place = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree(UNITS, place)
    enable = ["systemctl", f"--root={tmp_path}", "enable", *enabling[1].split()]
    done = subprocess.run(enable, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    wanted = {path.name: path.readlink().name for path in place.glob("*.wants/*")}
    assert wanted == {each: re.sub("@[^.]*", "@", each) for each in enabling[1].split()}
