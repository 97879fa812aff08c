"""Installs what the tests run: programs of Debian packages, and libraries of Node.js, where it may.

Usage: ``python3 tools/services.py``. Needs root, or sudo without a password, and apt-get. Where
it may not, or they cannot be had, it says in one line for each package what is skipped; with
``CI`` set that is a failure.

The libraries are those of ``tests/interop/node``, ``tests/browser`` and
``examples/conformance-node``, by their lock files, into these folders alone; nothing of them is run
while they are installed.

Installing starts no service, and a RabbitMQ that comes by this does not start at the next boot
either: the tests run private servers of their own (`swb.backends.rabbitmq.node`,
`swb.backends.postgres.node`), and a machine that had none has none afterwards. PostgreSQL's
packages are told to make no cluster of databases.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CLUSTERS = Path("/etc/postgresql-common/createcluster.d/single-window-broker.conf")
POSTGRES = Path("/usr/lib/postgresql")
POLICY = Path("/usr/sbin/policy-rc.d")
UNITS = Path("/lib/systemd/system")
ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    ROOT / "tests" / "interop" / "node",
    ROOT / "tests" / "browser",
    ROOT / "examples" / "conformance-node",
)
MARK = "Made by single-window-broker's tools/services.py"


@dataclass(frozen=True)
class Package:
    """A Debian package that tests need.

    Attributes:
        name: For apt-get.
        program: What it installs: a name to look up in PATH, or the path of a file.
        skipped: What cannot be tested without it.
        services: What Debian would start with it at the next boot.
    """

    name: str
    program: str
    skipped: str
    services: tuple[str, ...] = ()

    def is_installed(self) -> bool:
        """Whether its program is there; Debian keeps servers out of an ordinary user's PATH."""
        if "/" in self.program:
            return Path(self.program).exists() or any(Path("/usr/lib").glob(f"*/{self.program}"))
        folders = map(str, POSTGRES.glob("*/bin"))
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", *folders])
        return shutil.which(self.program, path=path) is not None


PACKAGES = (
    Package(
        name="rabbitmq-server",
        program="rabbitmq-server",
        skipped="tests of the RabbitMQ transport",
        services=("rabbitmq-server", "epmd.service", "epmd.socket"),
    ),
    Package(
        name="postgresql",
        program="initdb",
        skipped="tests of the PostgreSQL store",
        services=("postgresql",),
    ),
    Package(name="faketime", program="faketime", skipped="clocks that go wrong, in make chaos"),
    Package(name="xmlsec1", program="xmlsec1", skipped="the foreign check of every signature"),
    Package(name="jq", program="jq", skipped="trust lists and logs verified by hand"),
    Package(name="softhsm2", program="softhsm2-util", skipped="tests of keys in a token"),
    Package(name="openssl", program="openssl", skipped="the foreign check of digests and keys"),
    Package(name="poppler-utils", program="pdftotext", skipped="what is copied out of a print"),
    Package(name="fontconfig", program="fc-list", skipped="drawing certificates"),
    Package(
        name="libpangoft2-1.0-0", program="./libpangoft2-1.0.so.0", skipped="drawing certificates"
    ),
    Package(
        name="libharfbuzz-subset0",
        program="./libharfbuzz-subset.so.0",
        skipped="drawing certificates with small fonts",
    ),
    Package(
        name="fonts-noto-core",
        program="/usr/share/fonts/truetype/noto/NotoSansKhmer-Regular.ttf",
        skipped="certificates and pages in the scripts of the region",
    ),
    Package(
        name="fonts-noto-cjk",
        program="/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        skipped="drawing certificates in Chinese",
    ),
    Package(name="chromium", program="chromium", skipped="tests in a browser"),
    Package(name="nodejs", program="node", skipped="the check against libraries of Node.js"),
    Package(name="npm", program="npm", skipped="the check against libraries of Node.js"),
)


def main() -> int:
    """Install what is missing, or say what is skipped."""
    missing = [package for package in PACKAGES if not package.is_installed()]
    become_root = find_rights() if missing else None
    if become_root is not None:
        install(missing, become_root)
        missing = [package for package in missing if not package.is_installed()]
    for package in missing:
        print(
            f"{package.name} is missing (apt-get install {package.name}): "
            f"skipping {package.skipped}",
            file=sys.stderr,
        )
    installed = [install_libraries(each) for each in LIBRARIES]
    complete = all(installed) and not missing
    return 0 if complete or not os.environ.get("CI") else 1


def install_libraries(folder: Path) -> bool:
    """Install the libraries that a folder's lock file names; whether they are there."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return True
    if shutil.which("npm") is None:
        return False
    print(f"Installing libraries of Node.js for {folder.relative_to(ROOT)} ...", flush=True)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if run([*command, "--prefix", str(folder)]):
        print("npm ci failed: skipping the check against libraries of Node.js", file=sys.stderr)
        return False
    stamp.write_text(wanted)
    return True


def find_rights() -> list[str] | None:
    """Words to put in front of a command so that it runs as root, or None when it may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and not run([*sudo, "true"], quiet=True):
        return sudo
    return None


def install(packages: list[Package], become_root: list[str]) -> None:
    """Install packages and nothing that runs; a failure is told by what is missing afterwards."""
    names = [package.name for package in packages]
    services = [each for package in packages for each in package.services if not is_known(each)]
    print(f"Installing {', '.join(names)} ...", flush=True)
    apt = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"]
    with nothing_started(become_root), no_cluster_made(become_root):
        wanted = ["install", "--no-install-recommends", *names]
        if run([*apt, "update"]) or run([*apt, *wanted]):
            return
    for service in services:
        run([*become_root, "systemctl", "disable", unit_of(service)], quiet=True)
        run([*become_root, "update-rc.d", service, "disable"], quiet=True)


def is_known(service: str) -> bool:
    """Whether the machine had a service already; then it stays as its owner set it."""
    return (UNITS / unit_of(service)).exists() or Path("/etc/init.d", service).exists()


def unit_of(service: str) -> str:
    """The name that systemd has for a service."""
    return service if "." in service else f"{service}.service"


@contextmanager
def nothing_started(become_root: list[str]) -> Iterator[None]:
    """Forbid Debian's packages to start services, by the policy that Debian has for it.

    The policy holds only while this process lives, so one that is left behind by a kill forbids
    nothing; a policy that the machine had before is back afterwards.
    """
    kept = POLICY.with_name("policy-rc.d.before-swb")
    policy = (
        "#!/bin/sh\n"
        f"# {MARK}, process {os.getpid()}.\n"
        f"if kill -0 {os.getpid()} 2>/dev/null; then exit 101; fi\n"
        f'if [ -x {kept} ]; then exec {kept} "$@"; fi\n'
    )
    with tempfile.NamedTemporaryFile("w", prefix="swb-policy-") as file:
        file.write(policy)
        file.flush()
        if POLICY.exists() and MARK not in POLICY.read_text():
            run([*become_root, "mv", str(POLICY), str(kept)])
        run([*become_root, "install", "--mode=755", file.name, str(POLICY)])
    try:
        yield
    finally:
        if kept.exists():
            run([*become_root, "mv", str(kept), str(POLICY)])
        else:
            run([*become_root, "rm", "-f", str(POLICY)])


@contextmanager
def no_cluster_made(become_root: list[str]) -> Iterator[None]:
    """Have PostgreSQL's packages make no databases, by the file that Debian has for it."""
    if CLUSTERS.parent.parent.exists():
        # The packages are there already, or have been; whoever installed them decided.
        yield
        return
    with tempfile.NamedTemporaryFile("w", prefix="swb-clusters-") as file:
        file.write(f"# {MARK}.\ncreate_main_cluster = false\n")
        file.flush()
        run([*become_root, "install", "-D", "--mode=644", file.name, str(CLUSTERS)])
    try:
        yield
    finally:
        run([*become_root, "rm", "-f", str(CLUSTERS)])


def run(command: list[str], *, quiet: bool = False) -> int:
    """Run a command and return its exit status, as a shell does for one that is not there."""
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, check=False, stdout=output, stderr=output).returncode
    except FileNotFoundError:
        return 127


if __name__ == "__main__":
    sys.exit(main())
