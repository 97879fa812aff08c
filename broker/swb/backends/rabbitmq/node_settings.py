"""What a private RabbitMQ node is told: environment, files, ports. See `node`."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "NodeTls",
    "definitions",
    "environment",
    "find_free_ports",
    "make_folder",
    "node_name",
    "write_files",
]

_PORTS: Final = range(20_000, 30_000)
"""Below the ports that Linux gives to outgoing connections (32768 and up)."""

_LOOPBACK: Final = "-kernel inet_dist_use_interface {127,0,0,1}"
_BRIEF: Final = "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none"
"""For a program that asks one question: one scheduler, which does not spin while it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTls:
    """What a node needs to speak TLS, and to take a client's certificate for its log-in.

    Attributes:
        ca: Whose client certificates it takes, PEM.
        certificate: Its own, PEM.
        key: Of its certificate, PEM.
    """

    ca: Path
    certificate: Path
    key: Path


def make_folder() -> Path:
    """Make a folder for a node, which its owner alone can enter."""
    return Path(tempfile.mkdtemp(prefix="swb-rabbitmq-"))


def node_name(folder: Path) -> str:
    """Name the node of a folder, as Erlang and rabbitmqctl do."""
    return f"{folder.name}@localhost"


def environment(
    folder: Path, *, port: int, distribution_port: int, epmd_port: int
) -> dict[str, str]:
    """Everything that the server, rabbitmqctl and epmd take from their environment.

    Nothing named ``RABBITMQ_`` or ``ERL_`` is inherited: it would be meant for another node.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RABBITMQ_", "ERL_")) and name != "NOTIFY_SOCKET"
    }
    return {
        **inherited,
        "HOME": str(folder),
        "ERL_CRASH_DUMP_BYTES": "0",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd_port),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(folder / "conf.d" / "*.conf"),
        "RABBITMQ_CTL_DIST_PORT_MAX": "0",
        "RABBITMQ_CTL_DIST_PORT_MIN": "0",
        "RABBITMQ_CTL_ERL_ARGS": f"{_LOOPBACK} {_BRIEF}",
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_NODENAME": node_name(folder),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _LOOPBACK,
    }


def write_files(
    folder: Path,
    *,
    definitions: str,
    management_port: int,
    tls_port: int = 0,
    tls: NodeTls | None = None,
    plugins: Sequence[str] = (),
    conf: Mapping[str, str] | None = None,
    cookie: str = "",
) -> None:
    """Write what the server reads at start.

    Args:
        folder: The node's folder, which its owner alone can enter.
        definitions: See `definitions`.
        management_port: Where the HTTP API shall be; 0 when there shall be none.
        tls_port: Where it shall speak AMQP over TLS.
        tls: With what; None for no such port.
        plugins: To run, beside the management plugin.
        conf: Further lines of ``rabbitmq.conf``.
        cookie: What nodes of one cluster share; without one the node gets its own.
    """
    lines = [
        f"load_definitions = {folder / 'definitions.json'}",
        "log.file = rabbitmq.log",
        "log.console = false",
    ]
    if management_port:
        lines += [
            "management.tcp.ip = 127.0.0.1",
            f"management.tcp.port = {management_port}",
        ]
    if tls is not None:
        lines += _speak_tls(tls, tls_port)
    lines += [f"{name} = {value}" for name, value in (conf or {}).items()]
    (folder / "rabbitmq.conf").write_text("\n".join([*lines, ""]))
    enabled = [*(["rabbitmq_management"] if management_port else []), *plugins]
    enabled += ["rabbitmq_auth_mechanism_ssl"] if tls is not None else []
    (folder / "enabled_plugins").write_text(f"[{','.join(enabled)}].\n")
    (folder / "definitions.json").write_text(definitions)
    file = folder / ".erlang.cookie"
    file.write_text(cookie or secrets.token_hex(16))
    file.chmod(0o400)


def _speak_tls(tls: NodeTls, port: int) -> list[str]:
    """As an operator of a region's server would have it, but for the port."""
    return [
        f"listeners.ssl.1 = 127.0.0.1:{port}",
        f"ssl_options.cacertfile = {tls.ca}",
        f"ssl_options.certfile = {tls.certificate}",
        f"ssl_options.keyfile = {tls.key}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = false",
        "ssl_options.versions.1 = tlsv1.3",
        "ssl_options.versions.2 = tlsv1.2",
        "ssl_cert_login_from = common_name",
        "auth_mechanisms.1 = PLAIN",
        "auth_mechanisms.2 = EXTERNAL",
    ]


def definitions(
    user: str,
    password: str,
    vhosts: Sequence[str],
    more: Mapping[str, Sequence[object]] | None = None,
) -> str:
    """Virtual hosts, and one user who may do everything in them, as RabbitMQ imports them.

    Args:
        user: Its name.
        password: Of which RabbitMQ gets a hash.
        vhosts: Their names.
        more: Lists by their names in RabbitMQ's definitions, which come behind.
    """
    more = more or {}
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    everything = {"user": user, "configure": ".*", "write": ".*", "read": ".*"}
    own: dict[str, list[object]] = {
        "users": [
            {
                "name": user,
                "password_hash": base64.b64encode(salt + digest).decode(),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator",
            }
        ],
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "permissions": [{"vhost": vhost, **everything} for vhost in vhosts],
    }
    return json.dumps({name: [*own.get(name, ()), *more.get(name, ())] for name in {**own, **more}})


def find_free_ports(count: int) -> list[int]:
    """Find ports of the loopback interface that nobody has.

    Raises:
        UnavailableError: ``rabbitmq.start_failed``, there are not so many.
    """
    ports: list[int] = []
    for port in secrets.SystemRandom().sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    message = f"no free port from {_PORTS.start} to {_PORTS.stop - 1} on 127.0.0.1"
    raise UnavailableError("rabbitmq.start_failed", message)
