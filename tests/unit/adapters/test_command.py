"""The command protocol: adapters that are programs, and what becomes of those that misbehave."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import time
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from swb.adapter_process import AdapterProcess, ProcessBounds
from swb.formats import InProcessFormats
from swb_adapters.sdk.command import PROTOCOL, CommandAdapter, answer, serve
from swb_adapters.sdk.testing import check_info, check_payload, check_refusals, hostile_payloads
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.elements import LocalText
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from swb_adapters.sdk import Adapter

SAMPLES: Final = files("swb_adapters.thailand") / "samples"
FORM_D: Final = (SAMPLES / "form-d-plain.xml").read_bytes()
EXAMPLE: Final = ROOT / "examples" / "command-adapter"
SERVING: Final = f"""
import sys
sys.path[:0] = {[path for path in sys.path if path]!r}
from swb_adapters.sdk.command import serve
from swb_adapters.thailand import ADAPTER
print("this is no answer", flush=True)
serve(ADAPTER)
"""


def ask(adapter: Adapter, **request: object) -> dict[str, Any]:
    value = json.loads(answer(adapter, json.dumps(request).encode()))
    assert isinstance(value, dict)
    return value


class TestServing:
    def test_answers_line_by_line_until_there_are_no_more(self) -> None:
        requests = io.BytesIO(b'{"id":1,"verb":"describe"}\n' * 3)
        answers = io.BytesIO()
        serve(THAILAND, requests, answers)
        said = [json.loads(line) for line in answers.getvalue().splitlines()]
        assert [each["verdict"] for each in said] == ["accepted"] * 3

    def test_describes_the_adapter(self) -> None:
        said = ask(THAILAND, id=7, verb="describe")
        assert (said["id"], said["output"]["protocol"], said["output"]["api"]) == (7, PROTOCOL, 1)
        assert said["output"]["name"] == "thailand"

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            (b"[]", "command.malformed"),
            (b"{}", "command.unknown_verb"),
            (b'{"id":1,"verb":"seal"}', "command.unknown_verb"),
            (b'{"id":1,"verb":"to-canonical"}', "command.malformed"),
            (b'{"id":1,"verb":"to-canonical","input":"=="}', "command.malformed"),
        ],
    )
    def test_says_what_is_no_request(self, line: bytes, code: str) -> None:
        said = json.loads(answer(THAILAND, line))
        assert (said["verdict"], said["code"]) == ("failed", code)

    def test_refuses_with_places(self) -> None:
        said = ask(THAILAND, id=1, verb="to-canonical", input="PGEvPg==")
        assert said["verdict"] == "refused"
        assert said["code"].startswith("adapter.")

    def test_tells_of_a_fault_without_its_text(self) -> None:
        class Faulty:
            info = THAILAND.info

            def to_canonical(self, raw: bytes) -> None:
                raise KeyError(raw)

        said = ask(Faulty(), id=1, verb="to-canonical", input="c2VjcmV0")  # type: ignore[arg-type]  # a faulty adapter
        assert (said["verdict"], said["code"]) == ("failed", "adapter.failed")
        assert said["message"] == "the adapter raised KeyError"


@pytest.fixture(scope="module")
def program() -> Iterator[CommandAdapter]:
    """The Thai adapter, in a process of its own."""
    process = AdapterProcess("thailand", [sys.executable, "-c", SERVING.replace("print", "#")])
    adapter = CommandAdapter(process)
    yield adapter
    adapter.close()


@pytest.fixture(scope="module")
def lavandia() -> Iterator[CommandAdapter]:
    """The example in JavaScript."""
    process = AdapterProcess("lavandia", ["node", "lavandia.mjs"], folder=EXAMPLE)
    adapter = CommandAdapter(process)
    yield adapter
    adapter.close()


class TestAPythonAdapterAsAProgram:
    def test_is_the_same_adapter(self, program: CommandAdapter) -> None:
        assert program.info == THAILAND.info
        for sample in SAMPLES.iterdir():
            reading = program.to_canonical(sample.read_bytes())
            assert reading == THAILAND.to_canonical(sample.read_bytes())
            written = program.from_canonical(reading.document)
            assert written == THAILAND.from_canonical(reading.document)

    def test_refuses_the_same(self, program: CommandAdapter) -> None:
        bad = FORM_D.replace(b"1250.5", b"1250,5", 1)
        with pytest.raises(RefusedError) as expected:
            THAILAND.to_canonical(bad)
        with pytest.raises(RefusedError) as found:
            program.to_canonical(bad)
        assert (found.value.code, found.value.findings) == (
            expected.value.code,
            expected.value.findings,
        )

    def test_carries_a_document_with_thousands_of_losses(self, program: CommandAdapter) -> None:
        certificate = THAILAND.to_canonical(FORM_D).document
        assert isinstance(certificate, CertificateOfOrigin)
        foreign = LocalText(lang="vi", value="g\u1ed1m")
        item = certificate.items[0].model_copy(update={"national_descriptions": (foreign,)})
        items = tuple(item.model_copy(update={"sequence_number": n}) for n in range(1, 3_002))
        large = certificate.model_copy(update={"items": items})
        written = program.from_canonical(large)
        assert written == THAILAND.from_canonical(large)
        assert len(written.losses) == 3_001

    async def test_is_waited_for_aside(self, program: CommandAdapter) -> None:
        formats = InProcessFormats([program])
        reading = await formats.to_canonical(FORM_D)
        rendering = await formats.from_canonical(reading.document)
        assert not await formats.compare(reading.document, rendering)


def test_what_a_program_prints_before_it_serves_is_no_answer() -> None:
    with pytest.raises(RefusedError) as caught:
        CommandAdapter(AdapterProcess("thailand", [sys.executable, "-c", SERVING]))
    assert caught.value.code == "adapter.command"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
class TestAnAdapterInJavaScript:
    def test_reads_members_in_any_order(self, lavandia: CommandAdapter) -> None:
        def turn(value: object) -> object:
            if isinstance(value, dict):
                return {name: turn(value[name]) for name in reversed(value)}
            return [turn(each) for each in value] if isinstance(value, list) else value

        for sample in (EXAMPLE / "samples").iterdir():
            raw = sample.read_bytes()
            turned = json.dumps(turn(json.loads(raw))).encode()
            assert lavandia.to_canonical(turned).document == lavandia.to_canonical(raw).document

    @pytest.mark.parametrize(("around", "place"), [("", "foo"), ("transport", "transport.foo")])
    def test_refuses_a_member_that_nobody_knows_at_its_place(
        self, lavandia: CommandAdapter, around: str, place: str
    ) -> None:
        payload = json.loads((EXAMPLE / "samples" / "form-d-plain.json").read_bytes())
        (payload[around] if around else payload)["foo"] = "1"
        with pytest.raises(RefusedError) as caught:
            lavandia.to_canonical(json.dumps(payload).encode())
        assert caught.value.code == "adapter.schema"
        assert caught.value.findings[0].national_path == place
        assert "found another member" in caught.value.findings[0].message

    def test_keeps_the_contract(self, lavandia: CommandAdapter) -> None:
        assert not check_info(lavandia)
        for sample in (EXAMPLE / "samples").iterdir():
            assert not check_payload(lavandia, sample.read_bytes()), sample.name

    def test_refuses_hostile_payloads(self, lavandia: CommandAdapter) -> None:
        sample = (EXAMPLE / "samples" / "form-d-plain.json").read_bytes()
        for why, raw in hostile_payloads(sample, syntax="json"):
            assert not check_refusals(lavandia, raw), why

    def test_what_no_document_may_hold_is_told_at_its_place(self, lavandia: CommandAdapter) -> None:
        sample = (EXAMPLE / "samples" / "form-d-plain.json").read_bytes()
        bad = sample.replace(b'"departureDate": "2026-11', b'"departureDate": "2026-13', 1)
        assert bad != sample
        with pytest.raises(RefusedError) as caught:
            lavandia.to_canonical(bad)
        (finding,) = caught.value.findings
        assert (finding.code, finding.path, finding.national_path) == (
            "adapter.value",
            "CertificateOfOrigin/Transport/DepartureDate",
            "transport.departureDate",
        )


# --- programs that misbehave ---------------------------------------------------------------------

PROGRAM: Final = """
import json, os, sys, time
description, answers = json.loads(sys.argv[1]), json.loads(sys.argv[2])
mode, marker = sys.argv[3:]
def say(number, **members):
    print(json.dumps({"id": number, "verdict": "accepted", **members}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    number, verb = request["id"], request["verb"]
    if verb == "describe":
        if mode == "changes" and os.path.exists(marker):
            description["version"] = "2.0.0"
        open(marker, "a").write("x")
        say(number, output=description)
        if mode == "dies idle":
            sys.exit()
        if mode == "talks unasked":
            time.sleep(0.2)
            print("by the way", flush=True)
        continue
    if mode == "dies once" and len(open(marker).read()) == 1:
        sys.exit()
    if mode in {"dies", "changes"}:
        sys.exit(3)
    if mode == "hangs":
        time.sleep(60)
    if mode == "floods":
        while True:
            print("x" * 1000000, end="", flush=True)
    if mode == "hoards":
        hoard = [b"x" * 50_000_000 for _ in range(100)]
    print(answers.get(mode, '{"id": ID, "verdict": "refused", "code": "adapter.malformed"}')
          .replace("ID", str(number)), flush=True)
"""
_GOOD: Final = '{"id": ID, "verdict": "accepted", "message_type": "CertificateIssue"'
_REFUSED: Final = '{"id": ID, "verdict": "refused", "code": "adapter.value"'
_FAULT: Final = '[{"code": "adapter.value", "message": "m", "severity": "refuse"}]'
ANSWERS: Final = {
    "nonsense": "no JSON",
    "list": "[]",
    "no UTF-8": "\udcff",
    "other id": '{"id": 0, "verdict": "accepted"}',
    "id of text": '{"id": "ID", "verdict": "accepted"}',
    "no verdict": '{"id": ID}',
    "other verdict": '{"id": ID, "verdict": "maybe"}',
    "foreign code": '{"id": ID, "verdict": "refused", "code": "store.full"}',
    "bad finding": f'{_REFUSED}, "findings": [1]}}',
    "bad findings": f'{_REFUSED}, "findings": {{}}}}',
    "bad severity": f'{_REFUSED}, "findings": {_FAULT.replace("refuse", "x")}}}',
    "bad code": f'{_REFUSED}, "findings": [{{"code": "?", "message": ""}}]}}',
    "bad pairs": f'{_GOOD}, "paths": [["a[*]", "b"]]}}',
    "bad pair": f'{_GOOD}, "paths": [["a"]]}}',
    "bad paths": f'{_GOOD}, "paths": {{}}}}',
    "two lines": '{"id": ID}\n{"id": ID}',
    "no output": f"{_GOOD}}}",
    "another type": f'{_GOOD.replace("CertificateIssue", "Cancellation")}, "output": ""}}',
    "no document": f'{_GOOD}, "output": "PGEvPg=="}}',
    "bad base64": f'{_GOOD}, "output": "!"}}',
    "bad consent": f'{_GOOD}, "output": "", "consent": "yes"}}',
    "a fault accepted": f'{_GOOD}, "output": "", "findings": {_FAULT}}}',
    "fails": '{"id": ID, "verdict": "failed", "code": "adapter.failed", "message": "oh"}',
}
DESCRIPTION: Final = {
    "protocol": 1,
    "api": 1,
    "verbs": ["describe", "to-canonical", "from-canonical"],
    "name": "odd",
    "version": "1.0.0",
    "provenance": "simulated",
    "system": "An odd one",
    "media_type": "application/xml",
    "file_suffix": ".xml",
    "messages": [{"message_type": "CertificateIssue"}],
}


def start(
    folder: Path, mode: str, *, description: object = DESCRIPTION, **bounds: float
) -> CommandAdapter:
    command = [
        sys.executable,
        "-S",
        "-c",
        PROGRAM,
        json.dumps(description),
        json.dumps(ANSWERS),
        mode,
    ]
    process = AdapterProcess(
        "odd",
        [*command, str(folder / "starts")],
        bounds=ProcessBounds(**{"answer_within": 5.0, **bounds}),  # type: ignore[arg-type]  # fields by name
        log=folder / "log",
    )
    return CommandAdapter(process)


def count_starts(folder: Path) -> int:
    return len((folder / "starts").read_text())


class Misbehaviour(NamedTuple):
    mode: str
    reason: str
    starts: int = 2
    bounds: Mapping[str, float] = MappingProxyType({})


MISBEHAVIOURS: Final = [
    Misbehaviour("dies", "the process ended before it answered (exit status"),
    Misbehaviour("hangs", "an answer within 0.3 seconds", bounds={"answer_within": 0.3}),
    Misbehaviour("floods", "a line of at most 24,000,000 octets"),
    Misbehaviour("hoards", "the process ended", bounds={"megabytes": 200}),
    Misbehaviour("nonsense", "one line of JSON"),
    Misbehaviour("list", "an answer that is an object"),
    Misbehaviour("no UTF-8", "one line of JSON"),
    Misbehaviour("other id", "with the id"),
    Misbehaviour("id of text", "with the id"),
    Misbehaviour("no verdict", "a verdict"),
    Misbehaviour("other verdict", "a verdict"),
    Misbehaviour("foreign code", "a code of the contract, found 'store.full'"),
    Misbehaviour("bad finding", "findings: objects"),
    Misbehaviour("bad findings", "findings: at most"),
    Misbehaviour("bad severity", "severity: one of refuse, warn, loss; found"),
    Misbehaviour("bad code", "a code in words and dots"),
    Misbehaviour("bad pairs", "as many [*]"),
    Misbehaviour("bad pair", "pairs of texts"),
    Misbehaviour("bad paths", "paths: at most"),
    Misbehaviour("two lines", "one line for one request"),
    Misbehaviour("no output", "output in base64", starts=1),
    Misbehaviour("another type", "a message type that it reads", starts=1),
    Misbehaviour("no document", "a canonical document", starts=1),
    Misbehaviour("bad base64", "output in base64", starts=1),
    Misbehaviour("bad consent", "consent: true, false or null", starts=1),
    Misbehaviour("a fault accepted", "no fault in what is accepted", starts=1),
    Misbehaviour("fails", "adapter.failed: oh", starts=1),
]


@pytest.mark.parametrize("case", MISBEHAVIOURS, ids=[case.mode for case in MISBEHAVIOURS])
def test_a_program_that_misbehaves_fails_and_is_believed_in_nothing(
    tmp_path: Path, case: Misbehaviour
) -> None:
    adapter = start(tmp_path, case.mode, **case.bounds)
    begun = time.monotonic()
    with pytest.raises(RefusedError) as caught:
        adapter.to_canonical(FORM_D)
    assert (caught.value.code, caught.value.actor) == ("adapter.failed", Actor.DEVELOPER)
    assert case.reason in caught.value.message
    assert time.monotonic() - begun < 30, "waits no longer than it was told"
    assert count_starts(tmp_path) == case.starts
    adapter.close()


def test_a_call_whose_process_died_is_made_again(tmp_path: Path) -> None:
    adapter = start(tmp_path, "dies once")
    with pytest.raises(RefusedError) as caught:
        adapter.to_canonical(FORM_D)
    assert caught.value.code == "adapter.malformed"
    assert count_starts(tmp_path) == 2
    adapter.close()


@pytest.mark.parametrize("mode", ["dies idle", "talks unasked"])
def test_a_process_that_is_lost_between_calls_is_started_again(tmp_path: Path, mode: str) -> None:
    adapter = start(tmp_path, mode)
    while count_starts(tmp_path) < 2:
        time.sleep(0.3)
        with pytest.raises(RefusedError):
            adapter.to_canonical(FORM_D)
    adapter.close()


def test_a_program_that_is_another_after_a_restart_is_not_used(tmp_path: Path) -> None:
    adapter = start(tmp_path, "changes")
    with pytest.raises(UnavailableError) as caught:
        adapter.to_canonical(FORM_D)
    assert caught.value.code == "adapter.unavailable"
    adapter.close()


def test_what_is_started_too_often_rests(tmp_path: Path) -> None:
    now = [0.0]
    command = [sys.executable, "-S", "-c", PROGRAM, json.dumps(DESCRIPTION), "{}", "dies"]
    process = AdapterProcess(
        "odd",
        [*command, str(tmp_path / "starts")],
        bounds=ProcessBounds(starts=2, start_window=60),
        clock=lambda: now[0],
    )
    adapter = CommandAdapter(process)
    with pytest.raises(RefusedError):
        adapter.to_canonical(FORM_D)
    with pytest.raises(UnavailableError, match="at most 2 times in 60 seconds"):
        adapter.to_canonical(FORM_D)
    now[0] = 61.0
    adapter.ping()
    assert count_starts(tmp_path) == 3
    adapter.close()
    with pytest.raises(UnavailableError):
        adapter.ping()


def _described(**members: object) -> dict[str, object]:
    return {"messages": [{"message_type": "CertificateIssue", **members}]}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"protocol": 2}, "expected protocol 1, found 2"),
        ({"api": 9}, "expected api 1, found 9"),
        ({"verbs": ["describe"]}, "expected verbs"),
        ({"verbs": [[]]}, "expected verbs"),
        ({"messages": []}, "expected messages"),
        ({"messages": [1]}, "expected messages"),
        ({"messages": [{"message_type": "Nothing"}]}, "of the catalogue"),
        ({"messages": [{"message_type": "CertificateIssue", "reads": 1}]}, "expected reads"),
        ({"messages": [{"message_type": "CertificateIssue", "loses": [1]}]}, "expected loses"),
        ({"name": 1}, "expected name"),
        ({"provenance": "rumour"}, "one of published, outline, simulated; found 'rumour'"),
        ({"version": "1"}, "expected a version major.minor.patch, found '1'"),
        ({"name": "Node Land"}, "expected a name of small letters"),
        ({"state": "XX1"}, "expected a state of two capital letters"),
        ({"file_suffix": "json"}, "expected a file suffix"),
        (_described(agreements=["ATIGO"]), "found 'ATIGO'"),
        (_described(loses=["CertificateOfOrigin/Remrks"]), "CertificateOfOrigin/Remrks"),
        (_described(paths=[["CertificateOfOrigin/Itm[*]", "goods[*]"]]), "Itm[*]"),
        (_described(paths=[["CustomsReceipt/At", "at"]]), "begins with CertificateOfOrigin"),
    ],
)
def test_a_program_that_describes_itself_wrongly_is_named_at_the_start(
    tmp_path: Path, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        start(tmp_path, "", description={**DESCRIPTION, **changed})
    assert (caught.value.code, caught.value.actor) == ("adapter.command", Actor.OPERATOR)
    assert caught.value.message.startswith("expected odd to be an adapter: ")
    assert reason in caught.value.message


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="nofolder") as caught:
        AdapterProcess("odd", ["true"], folder=tmp_path / "nofolder")
    assert caught.value.code == "adapter.command"
    assert "the folder of odd" in caught.value.message


@pytest.mark.parametrize(
    ("command", "how"),
    [
        ("exit 3", "exit status 3"),
        ("kill -9 $$", "ended by signal 9"),
        ("exec >&-; sleep 5", "its standard output was closed"),
    ],
)
def test_how_a_program_ended_is_told(tmp_path: Path, command: str, how: str) -> None:
    log = tmp_path / "odd.log"
    with pytest.raises(RefusedError) as caught:
        CommandAdapter(AdapterProcess("odd", ["sh", "-c", command], log=log))
    assert f"ended before it answered ({how}); its standard error is in {log}" in (
        caught.value.message
    )


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(RefusedError, match="no-such-program") as caught:
        AdapterProcess("odd", ["no-such-program"])
    assert caught.value.code == "adapter.command"


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_program_sees_no_secret_and_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWB_SECRET", "x")
    script = (
        "env > env; sleep 300 & echo $! > pid; read line; "
        f"echo '{json.dumps({'id': 1, 'verdict': 'accepted', 'output': DESCRIPTION})}'; read line"
    )
    adapter = CommandAdapter(AdapterProcess("odd", ["sh", "-c", script], folder=tmp_path))
    assert "SWB_SECRET" not in (tmp_path / "env").read_text()
    sleeper = int((tmp_path / "pid").read_text())
    adapter.close()
    assert is_gone(sleeper)
