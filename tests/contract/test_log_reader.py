"""A published log is read from a folder, or from any web server that serves the folder."""

from __future__ import annotations

import functools
import stat
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileLogFolder
from swb.backends.http.log_site import HttpLogSite
from swb_schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.ports import LogReader

PATIENCE = timedelta(seconds=5)


class Quiet(SimpleHTTPRequestHandler):
    """A plain web server, without its log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer, or fail where a test asks for it."""
        if self.path.endswith("/broken"):
            self.send_error(500)
        elif self.path.endswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/checkpoint")
            self.end_headers()
        else:
            super().do_GET()


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["folder", "site"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogReader]:
    if request.param == "folder":
        yield FileLogFolder(tmp_path)
        return
    with serve(tmp_path) as url:
        yield HttpLogSite(url, patience=PATIENCE)


async def test_reads_what_was_put(reader: LogReader, tmp_path: Path) -> None:
    folder = FileLogFolder(tmp_path)
    await folder.put("tile/0/x001/234.p/7", b"tile")
    await folder.put("checkpoint", b"old")
    await folder.put("checkpoint", b"new")
    assert await reader.fetch("tile/0/x001/234.p/7") == b"tile"
    assert await reader.fetch("checkpoint") == b"new"


async def test_what_is_not_there_is_none(reader: LogReader) -> None:
    assert await reader.fetch("checkpoint") is None
    assert await reader.fetch("tile/0/000") is None


async def test_refuses_more_than_a_file_of_a_log_has(reader: LogReader, tmp_path: Path) -> None:
    await FileLogFolder(tmp_path).put("checkpoint", b"x" * 101)
    assert await reader.fetch("checkpoint", limit=101) is not None
    with pytest.raises(UnavailableError) as refused:
        await reader.fetch("checkpoint", limit=100)
    assert refused.value.code == "ledger.unreachable"


async def test_what_is_published_is_for_every_reader_and_leaves_nothing_beside(
    tmp_path: Path,
) -> None:
    folder = FileLogFolder(tmp_path / "log")
    await folder.put("tile/0/000", b"tile")
    files = [path for path in (tmp_path / "log").rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["000"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o644
    await folder.discard("tile/0")
    await folder.discard("tile/0")
    assert await folder.fetch("tile/0/000") is None


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    with pytest.raises(UnavailableError) as refused:
        await FileLogFolder(tmp_path / "log").put("checkpoint", b"x")
    assert refused.value.code == "ledger.unpublished"


@pytest.mark.parametrize("path", ["broken", "moved"])
async def test_a_server_that_does_not_answer_well_is_told(tmp_path: Path, path: str) -> None:
    with serve(tmp_path) as url:
        site = HttpLogSite(url, patience=PATIENCE)
        with pytest.raises(UnavailableError) as refused:
            await site.fetch(path)
    assert refused.value.code == "ledger.unreachable"
    with pytest.raises(UnavailableError):
        await site.fetch("checkpoint")


@pytest.mark.parametrize(
    "url",
    [
        "http://log.example/region",
        "http://10.0.0.1/",
        "ftp://log.example/",
        "https:///region",
        "https://user:secret@log.example/",
        "https://log.example/?a=b",
        "http://[::1",
    ],
)
def test_asks_nobody_in_the_clear_but_this_machine(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        HttpLogSite(url, patience=PATIENCE)
    assert refused.value.code == "config.invalid"
