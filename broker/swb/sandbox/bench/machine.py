"""Where something was measured: the machine, and the versions that the figures rest on."""

from __future__ import annotations

import os
import platform
import sqlite3
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from cryptography.hazmat.backends.openssl import backend
from lxml import etree

from swb.sandbox.bench.picture import Machine

__all__ = ["LIBRARIES", "count_processors", "describe_machine"]

LIBRARIES: Final = ("lxml", "cryptography", "pydantic", "xmlschema", "aio-pika")
"""Of the broker; versions of those that are installed are told."""
_MEGABYTE: Final = 1024 * 1024


def describe_machine() -> Machine:
    """Describe this machine."""
    software = {
        "libxml2": ".".join(str(part) for part in etree.LIBXML_VERSION),
        "OpenSSL": backend.openssl_version_text().removeprefix("OpenSSL ").partition(" ")[0],
        "SQLite": sqlite3.sqlite_version,
    }
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            software[name] = version(name)
    return Machine(
        processors=count_processors(),
        processor=_name_processor(),
        memory_megabytes=_count_megabytes(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        software=software,
    )


def count_processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _name_processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _count_megabytes() -> int | None:
    with suppress(OSError, ValueError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MEGABYTE
    return None
