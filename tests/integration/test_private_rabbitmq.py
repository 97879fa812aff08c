"""A private node is really private, and really gone afterwards."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import sysconfig
import urllib.request
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aio_pika
import psutil
import pytest

from swb.app.access import open_rabbitmq_by_user
from swb.backends.rabbitmq import node as node_module
from swb.backends.rabbitmq import node_settings as settings
from swb.backends.rabbitmq.node import PrivateNode, find_rabbitmq
from swb_schemas.errors import UnavailableError
from tests.services import ROOT, miss

if TYPE_CHECKING:
    from collections.abc import Iterable

GONE_WITHIN = 10.0
"""Seconds until a node whose owner was killed must be gone."""

OWNER = """
import asyncio, json, os, time
from swb.backends.rabbitmq.node import PrivateNode
node = PrivateNode()
asyncio.run(node.start())
print(json.dumps({"port": node.port, "url": node.amqp_url()}), flush=True)
time.sleep(100)
"""
"""A program that starts a node and never stops it."""

VERSION_OF_A_CHILD = """
import subprocess, sys
version = "import sys; print(*sys.version_info[:2])"
import swb.backends.rabbitmq.node
subprocess.run([sys.executable, "-I", "-c", version], check=True)
"""
"""A program that shows that Python can start Python, and finds this project and what it needs."""


@pytest.fixture(autouse=True)
def _rabbitmq() -> None:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")


async def declare_queue(node: PrivateNode, vhost: str) -> str:
    """Prove that the node works: a quorum queue on it."""
    connection = await aio_pika.connect(node.amqp_url(vhost))
    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue(
            f"q-{secrets.token_hex(4)}", durable=True, arguments={"x-queue-type": "quorum"}
        )
        return queue.name


def processes_below(pid: int) -> list[psutil.Process]:
    """All processes that a process has started, and those they have started."""
    return psutil.Process(pid).children(recursive=True)


def listening(processes: Iterable[psutil.Process]) -> set[tuple[str, int]]:
    """Addresses and ports that processes listen on; who has ended meanwhile listens on none."""
    found: set[tuple[str, int]] = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.update(
                (connection.laddr.ip, connection.laddr.port)
                for connection in process.net_connections()
                if connection.status == psutil.CONN_LISTEN
            )
    return found


def answers(port: int) -> bool:
    """Whether anybody listens there."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def folders_in(tmp: Path) -> list[Path]:
    """Folders of private nodes."""
    return list(tmp.glob("swb-rabbitmq-*"))


@pytest.fixture
def tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary folders, so that it is known whose they are."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_listens_on_loopback_only(rabbitmq_node: PrivateNode) -> None:
    found = listening(processes_below(os.getpid()))
    assert ("127.0.0.1", rabbitmq_node.port) in found
    assert {address for address, _ in found} <= {"127.0.0.1", "::1"}


async def test_refuses_whoever_does_not_know_its_password(rabbitmq_node: PrivateNode) -> None:
    url = f"amqp://guest:guest@127.0.0.1:{rabbitmq_node.port}/"
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(url)


async def test_takes_vhosts_while_it_runs(rabbitmq_node: PrivateNode) -> None:
    vhosts = [f"swb.{secrets.token_hex(4)}" for _ in range(2)]
    await rabbitmq_node.add_vhosts(*vhosts)
    for vhost in vhosts:
        queue = await declare_queue(rabbitmq_node, vhost)
        listed = await rabbitmq_node.ctl("list_queues", "-p", vhost, "name", "type")
        assert f"{queue}\tquorum" in listed.splitlines()


async def test_keeps_its_data_while_the_application_is_stopped(
    rabbitmq_node: PrivateNode,
) -> None:
    queue = await declare_queue(rabbitmq_node, "/")
    await rabbitmq_node.ctl("stop_app")
    assert not answers(rabbitmq_node.port)
    await rabbitmq_node.ctl("start_app")
    assert queue in await rabbitmq_node.ctl("list_queues", "name")


async def test_tells_what_rabbitmqctl_said_when_it_fails(rabbitmq_node: PrivateNode) -> None:
    with pytest.raises(UnavailableError, match="no_such_command") as caught:
        await rabbitmq_node.ctl("no_such_command")
    assert caught.value.code == "rabbitmq.ctl_failed"


async def test_stands_beside_another_and_leaves_nothing_behind(
    rabbitmq_node: PrivateNode, tmp: Path
) -> None:
    before = set(processes_below(os.getpid()))
    async with PrivateNode(vhosts=["swb.TH"], management=True) as node:
        started = set(processes_below(os.getpid())) - before
        ports = listening(started)
        assert {address for address, _ in ports} <= {"127.0.0.1", "::1"}
        assert {node.port, node.management_port} <= {port for _, port in ports}
        assert len(folders_in(tmp)) == 1
        assert folders_in(tmp)[0].stat().st_mode & 0o077 == 0
        queue = await declare_queue(node, "swb.TH")
        assert queue in fetch_queues(node)
    assert not [process for process in started if process.is_running()]
    assert not [port for _, port in ports if answers(port)]
    assert not folders_in(tmp)
    await declare_queue(rabbitmq_node, "/")


def fetch_queues(node: PrivateNode) -> list[str]:
    """Names of all queues, by the management plugin's HTTP API."""
    scheme, _, rest = node.management_url().partition("://")
    credentials, _, host = rest.partition("@")
    user, _, password = credentials.partition(":")
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, f"{scheme}://{host}", user, password)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPBasicAuthHandler(passwords)
    )
    with opener.open(f"{scheme}://{host}/api/queues", timeout=10) as answer:
        return [queue["name"] for queue in json.load(answer)]


def test_runs_as_an_ordinary_user_and_ends_when_its_owner_is_killed() -> None:
    roots = [ROOT / each for each in ("schemas", "adapters", "broker")]
    path = os.pathsep.join([*map(str, roots), sysconfig.get_path("purelib")])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
    command, user = become_an_ordinary_user(environment)
    with TemporaryDirectory(dir=gettempdir()) as name:
        folder = Path(name)
        os.chown(folder, user, -1)
        with subprocess.Popen(
            [*command, "-c", OWNER],
            env={**environment, "TMPDIR": name},
            cwd="/",
            stdout=subprocess.PIPE,
        ) as owner:
            assert owner.stdout is not None
            port = json.loads(owner.stdout.readline())["port"]
            started = processes_below(owner.pid)
            assert {process.uids().real for process in started} == {user}
            assert answers(port)
            assert len(folders_in(folder)) == 1
            owner.kill()
        _, alive = psutil.wait_procs(started, timeout=GONE_WITHIN)
        assert not alive
        assert not answers(port)
        assert not folders_in(folder)


def become_an_ordinary_user(environment: dict[str, str]) -> tuple[list[str], int]:
    """Find out how root starts Python as an ordinary user: the command, and whose it is.

    Where nobody else may read this repository or run a Python, it is started by whoever asks.
    """
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is not None:
        become = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
        # The environment's own Python, or the repository, may lie in a folder of root's.
        for python in (sys.executable, "/usr/bin/python3"):
            asked = subprocess.run(
                [*become, python, "-c", VERSION_OF_A_CHILD],
                env=environment,
                cwd="/",
                check=False,
                capture_output=True,
                text=True,
            )
            if asked.stdout.split() == [str(number) for number in sys.version_info[:2]]:
                return [*become, python], 65534
    return [sys.executable], os.geteuid()


async def test_tells_what_it_logged_when_it_cannot_start(
    monkeypatch: pytest.MonkeyPatch, tmp: Path
) -> None:
    write_files = settings.write_files

    def write_a_wrong_one(folder: Path, *, definitions: str, **_: object) -> None:
        write_files(folder, definitions=definitions, management_port=0)
        (folder / "rabbitmq.conf").write_text("no_such_setting = 1\n")

    monkeypatch.setattr(settings, "write_files", write_a_wrong_one)
    with pytest.raises(UnavailableError, match="no_such_setting") as caught:
        await PrivateNode().start()
    assert caught.value.code == "rabbitmq.start_failed"
    assert not folders_in(tmp)


async def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "_SERVER_FOLDERS", ())
    with pytest.raises(UnavailableError, match="apt-get install rabbitmq-server") as caught:
        await PrivateNode().start()
    assert caught.value.code == "rabbitmq.not_installed"


async def test_tries_other_ports_and_gives_each_end_a_user_that_opens_nothing_but_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the demonstration runs on, where another took a port in between."""
    find, found = settings.find_free_ports, []

    def find_a_taken_one_first(count: int) -> list[int]:
        ports = find(count)
        found.append(ports)
        return [taken.getsockname()[1], *ports[1:]] if len(found) == 1 else ports

    monkeypatch.setattr(settings, "find_free_ports", find_a_taken_one_first)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        async with open_rabbitmq_by_user(None, ["TH", "VN"]) as access:
            assert urlsplit(access.url).port == found[1][0]
            opened = {}
            for party, url in access.users.items():
                for state in ("TH", "VN"):
                    try:
                        async with await aio_pika.connect(f"{url}/swb.{state}"):
                            opened[party, state] = True
                    except aio_pika.exceptions.AMQPError:
                        opened[party, state] = False
    assert opened == {
        ("TH", "TH"): True,
        ("TH", "VN"): False,
        ("VN", "TH"): False,
        ("VN", "VN"): True,
        ("REGION", "TH"): True,
        ("REGION", "VN"): True,
    }
    for url in (access.url, *access.users.values()):
        assert url not in repr(access)
