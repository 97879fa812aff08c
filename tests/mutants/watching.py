"""A plug-in of pytest for the run that sees which tests reach what.

What one file of tests has put into a cache is not there for the next: each of them reaches the
lines that fill the cache, not only whichever comes first.
"""

from __future__ import annotations

import functools
import gc
import json
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.mutants.covering import SECONDS

if TYPE_CHECKING:
    from pathlib import Path

_PROPERTY: Final = "processor seconds"
_OURS: Final = ("swb_schemas.", "swb.core.")
_CACHED: type[Any] = functools._lru_cache_wrapper  # noqa: SLF001 - the type has no other name


class _Watcher:
    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._path: Path | None = None
        self._begun = 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._begun = time.process_time()
        if item.path != self._path:
            self._path = item.path
            for each in gc.get_objects():
                if isinstance(each, _CACHED) and each.__module__.startswith(
                    ("swb_schemas.", "swb.core.")
                ):
                    each.cache_clear()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        item.user_properties.append((_PROPERTY, time.process_time() - self._begun))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            seconds = dict(report.user_properties)[_PROPERTY]
            assert isinstance(seconds, float)
            self._seconds[report.nodeid.partition("::")[0]] += seconds

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not hasattr(session.config, "workerinput"):  # the process that hears of all tests
            SECONDS.write_text(json.dumps(self._seconds), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Watch this run."""
    config.pluginmanager.register(_Watcher())
