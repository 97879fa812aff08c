"""What drawing and reading need beyond the base installation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["needs_render"]


@contextmanager
def needs_render() -> Iterator[None]:
    """Say what to install where an import inside fails.

    Raises:
        UnavailableError: ``render.not_installed``: the extra, or a library of the system that it
            needs.
    """
    try:
        yield
    except ImportError as cause:
        message = "printing needs an extra: pip install 'single-window-broker[render]'"
        raise UnavailableError("render.not_installed", message) from cause
    except OSError as cause:  # a library of Pango's that cannot be loaded
        message = f"printing needs Pango: apt-get install libpangoft2-1.0-0; found: {cause}"
        raise UnavailableError("render.not_installed", message[:400]) from cause
