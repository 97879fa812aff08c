"""Fixtures that tests of every folder use."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

from swb.backends.pkcs11 import PrivateSoftHsm, find_softhsm
from swb.backends.postgres.node import PrivatePostgres, find_postgres
from swb.backends.rabbitmq.cluster import PrivateCluster
from swb.backends.rabbitmq.node import PrivateNode, find_rabbitmq
from tests.services import find_samples, miss, require_program

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


# Hundreds of processes that tests start import the same modules: compiled once, whatever the shell
# says, by this process, its workers and their children.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell that starts this in the background has it ignore interrupts, and with it whatever tests
# start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_MEMORY: Final = "/dev/shm"  # noqa: S108 - as public as any folder for temporary files
_ROOM: Final = 4 * 2**30
"""Octets that all tests at once do not use up."""


def _prefer_memory() -> None:
    """Have temporary files in memory, where Linux has room for them and nobody says otherwise.

    Stores have the disk confirm each commit, which takes fifty times as long as the commit. No
    test needs that: processes are killed, machines are not.
    """
    if "TMPDIR" in os.environ:
        return
    try:
        found = os.statvfs(_MEMORY)
    except OSError:
        return
    room = found.f_bavail * found.f_frsize
    if room >= _ROOM and not found.f_flag & os.ST_NOEXEC and os.access(_MEMORY, os.W_OK):
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY


_prefer_memory()

# A busy machine is no fault; each test as a whole has its time limit.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


_WAITING: Final = (
    "acceptance",
    "browser",
    "conformance",
    "console",
    "contract",
    "integration",
    "interop",
)
"""Folders of tests that wait for other processes more than half of their time."""
_EARLIER: Final = 0.8
"""Where in the run the last of these files is begun: some take a minute, and none is to be last."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two workers a core: half of a worker's time is waiting for other processes."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None  # xdist takes it
    return 2 * (os.cpu_count() or 1)


def pytest_configure() -> None:
    """Draw the order of this run, where nobody says one: another for each commit."""
    if "SWB_TEST_ORDER" not in os.environ:  # a worker has it from who started it
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
        os.environ["SWB_TEST_ORDER"] = commit.stdout.strip() or "0"


def pytest_report_header() -> str:
    """Say how to have the same order again."""
    return f"order of tests: SWB_TEST_ORDER={os.environ['SWB_TEST_ORDER']}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Draw an order of the files by ``SWB_TEST_ORDER``, and of the tests in those of tests/unit.

    Files whose tests wait are spread evenly among those that compute. So the cores are busy from
    the first to the last, and servers are not started all at once.
    """
    order = os.environ["SWB_TEST_ORDER"]
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    kinds: dict[bool, list[Path]] = {True: [], False: []}
    for path in files:
        kinds[_folder_of(path) in _WAITING].append(path)
    for kind in kinds.values():
        random.Random(order).shuffle(kind)  # noqa: S311 - an order, no secret
    for path in kinds[False]:
        if _folder_of(path) == "unit":
            random.Random(order).shuffle(files[path])  # noqa: S311 - likewise
    spread = sorted(
        ((number + 0.5) / len(kind) * (_EARLIER if waits else 1), path)
        for waits, kind in kinds.items()
        for number, path in enumerate(kind)
    )
    items[:] = [item for _, path in spread for item in files[path]]


def _folder_of(path: Path) -> str:
    return path.relative_to(Path(__file__).parent).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in what is collected: it all stays, and looking is half of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder with documents that others wrote."""
    return find_samples()


@pytest.fixture(scope="session")
def xmlsec1() -> Path:
    """The program that checks XML signatures and is not ours."""
    return require_program("xmlsec1")


@pytest.fixture(scope="session")
def openssl() -> Path:
    """The program that checks digests and keys and is not ours."""
    return require_program("openssl")


@pytest.fixture(scope="session")
def rabbitmq_node() -> Iterator[PrivateNode]:
    """One private RabbitMQ for the whole run; take a vhost of your own in it."""
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    node = PrivateNode()
    asyncio.run(node.start())
    yield node
    asyncio.run(node.stop())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivatePostgres]:
    """One private PostgreSQL for the whole run; take a schema of your own in it."""
    if find_postgres() is None:
        miss("PostgreSQL", "postgresql")
    server = PrivatePostgres()
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())


@pytest.fixture(scope="module")
def rabbitmq_cluster() -> Iterator[PrivateCluster]:
    """One private cluster for a module; leave all nodes running; it has the vhost swb.TH.

    It costs some 12 s of processor time, and more for as long as it stands: one module uses it.
    """
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    cluster = PrivateCluster(vhosts=["swb.TH"])
    asyncio.run(cluster.start())
    yield cluster
    asyncio.run(cluster.stop())


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateSoftHsm]:
    """One private SoftHSM for the whole run, seen by this process; add a token of your own."""
    if find_softhsm() is None:
        miss("SoftHSM", "softhsm2")
    hsm = PrivateSoftHsm(tmp_path_factory.mktemp("softhsm"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in hsm.environment.items():
            patch.setenv(name, value)
        yield hsm
