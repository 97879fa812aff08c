"""A plug-in of pytest that puts a changed module in the place of one, in this process alone.

The file of the module stays as it is: nothing has to be put back, and several processes may try
several changes at once.
"""

from __future__ import annotations

import os
import resource
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

__all__ = ["MODULE", "SECONDS", "SOURCE", "UNSEEN"]

MODULE: Final = "SWB_MUTANT_MODULE"
"""Environment: dotted name of the module."""
SOURCE: Final = "SWB_MUTANT_SOURCE"
"""Environment: path of the changed source."""
SECONDS: Final = "SWB_MUTANT_SECONDS"
"""Environment: of the processor, after which the system ends this process."""
UNSEEN: Final = 99
"""Exit status where tests passed and none of them imported the module."""


class _Loader(SourceFileLoader):
    used = False

    def get_code(self, fullname: str) -> CodeType:
        _Loader.used = True
        source = Path(os.environ[SOURCE]).read_bytes()
        return self.source_to_code(source, self.get_filename(fullname))


class _Finder:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != os.environ[MODULE]:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(name, spec.origin)
        return spec


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Tell a mutant that nobody met from one that nobody noticed."""
    if exitstatus == pytest.ExitCode.OK and not _Loader.used:
        session.exitstatus = UNSEEN


if MODULE in os.environ:
    sys.meta_path.insert(0, _Finder)
    _SECONDS = int(os.environ[SECONDS])
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
