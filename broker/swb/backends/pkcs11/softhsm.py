"""A private SoftHSM with tokens of its own, for the demonstration and for tests.

SoftHSM finds its tokens by the environment variable ``SOFTHSM2_CONF``, so one process sees one
SoftHSM. It keeps keys in files: a token for trying things out, which protects nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PrivateSoftHsm", "find_softhsm"]

_TOOL: Final = "softhsm2-util"
_PLACES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
_VARIABLE: Final = "SOFTHSM2_CONF"
_SECONDS: Final = 30


def find_softhsm() -> Path | None:
    """Find SoftHSM's PKCS#11 library, where its tool is installed too."""
    if shutil.which(_TOOL) is None:
        return None
    return next((Path(place) for place in _PLACES if Path(place).is_file()), None)


class PrivateSoftHsm:
    """A SoftHSM whose tokens lie in a folder.

    Args:
        folder: Empty, or missing.

    Raises:
        UnavailableError: ``softhsm.not_installed``.
    """

    def __init__(self, folder: Path) -> None:
        module = find_softhsm()
        if module is None:
            message = "expected SoftHSM to be installed: apt-get install softhsm2"
            raise UnavailableError("softhsm.not_installed", message)
        self.module = module
        self.tokens = folder / "tokens"
        self.config = folder / "softhsm2.conf"
        self.tokens.mkdir(parents=True, mode=0o700)
        self.config.write_text(
            f"directories.tokendir = {self.tokens}\n"
            "objectstore.backend = file\n"
            "log.level = ERROR\n"
            "slots.removable = false\n",
            encoding="utf-8",
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs in its environment to see these tokens."""
        return {_VARIABLE: str(self.config)}

    def enter(self) -> None:
        """Have this process see these tokens; before its library is first used, or anew."""
        os.environ.update(self.environment)

    def add_token(self, label: str, *, pin: str) -> None:
        """Make a token; blocks for a moment.

        Args:
            label: Its name.
            pin: The user's and, in this token that protects nothing, the officer's too.

        Raises:
            UnavailableError: ``softhsm.failed``.
        """
        command = [_TOOL, "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", pin]
        try:
            subprocess.run(
                command,
                env={**os.environ, **self.environment},
                check=True,
                capture_output=True,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.SubprocessError) as cause:
            message = f"expected {_TOOL} to make a token, found {type(cause).__name__}"
            raise UnavailableError("softhsm.failed", message) from cause
