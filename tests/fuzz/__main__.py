"""``python -m tests.fuzz [--inputs N] [--seed S] [NAME ...]``: every adapter against many payloads.

Each adapter is tried in a process of its own, which has the memory of a gateway's adapter process
and ten seconds for a payload. Two thirds of the payloads are made of samples by `Changer`; one
third is found by atheris, which prefers payloads that reach new code, where it is installed (`make
fuzz` installs it). What shows a fault is kept in ``tests/fuzz/corpus``, where every test run tries
it again. Ends with 1 where anything was wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from swb.adapter_process import ProcessBounds
from tests.fuzz.changing import Changer
from tests.fuzz.corpus import (
    CORPUS,
    find_adapter,
    list_hostile,
    list_kept,
    list_names,
    list_samples,
)
from tests.fuzz.judging import Judge

if TYPE_CHECKING:
    from collections.abc import Sequence

_GUIDED: Final = find_spec("atheris") is not None
_LONGEST: Final = 60
"""Seconds that atheris may take to start; each payload may take a second more."""
_MEMORY: Final = ProcessBounds().megabytes * 2**20


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def try_adapter(name: str, inputs: int, seed: int) -> Judge:
    """Try an adapter with payloads of this seed, after the corpus and what is hostile always."""
    judge, samples = Judge(find_adapter(name)), list_samples(name)
    for raw in (*samples, *(path.read_bytes() for path in list_kept(name)), *list_hostile(name)):
        judge.try_payload(raw)
    changer = Changer(samples)
    for number in range(max(0, inputs - judge.tried)):
        judge.try_payload(changer.make(seed << 40 | number))
    return judge


def _try_guided(name: str, inputs: int, seed: int) -> dict[str, Any]:
    """Have atheris look for payloads; returns what its process told."""
    with tempfile.TemporaryDirectory(prefix="swb-fuzz-") as folder:
        told = Path(folder, "told.json")
        command = (sys.executable, "-m", "tests.fuzz.guided", name, str(inputs), str(seed), told)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=_LONGEST + inputs
            )
        except subprocess.TimeoutExpired:
            return {"tried": 0, "faults": {"atheris did not end": ""}}
        if not told.exists():
            return {"tried": 0, "faults": {f"atheris: {done.stderr[-2000:]}": ""}}
        return dict(json.loads(told.read_text(encoding="utf-8")))


def _try_in_process(name: str, inputs: int, seed: int) -> dict[str, Any]:
    guided = inputs // 3 if _GUIDED else 0
    started = time.monotonic()
    command = (sys.executable, "-m", "tests.fuzz", "--alone", "--seed", str(seed))
    done = subprocess.run(
        (*command, "--inputs", str(inputs - guided), name),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        # It died of a payload: no memory, or an end that no exception is.
        return {"name": name, "tried": 0, "faults": {f"ended: {done.stderr[-2000:]}": ""}}
    if guided:
        more = _try_guided(name, guided, seed)
        told["faults"] |= more["faults"]
        for key in ("tried", "read"):
            told[key] += more.get(key, 0)
        told["slowest"] = max(told["slowest"], more.get("slowest", 0.0))
        for code, times in more.get("refused", {}).items():
            told["refused"][code] = told["refused"].get(code, 0) + times
    told["seconds"] = time.monotonic() - started
    return told


def _keep(name: str, faults: dict[str, str]) -> None:
    for problem, raw in faults.items():
        octets = bytes.fromhex(raw)
        path = CORPUS / name / hashlib.sha256(octets).hexdigest()[:12]
        if octets:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
        _say(f"  {name}: {problem}" + (f"\n    {path}" if octets else ""))


def main(arguments: Sequence[str]) -> int:
    """Try all adapters, or those named; returns how many had faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=100_000, help="payloads an adapter")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", default=list_names())
    chosen = parser.parse_args(arguments)
    if chosen.alone:
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        (name,) = chosen.names
        sys.stdout.write(try_adapter(name, chosen.inputs, chosen.seed).to_json(name))
        return 0
    if not _GUIDED:
        _say("atheris is not installed here: all payloads are made of samples")
    _say(f"{'adapter':<16}{'payloads':>10}{'read':>9}{'refused':>9}{'slowest':>9}{'a second':>9}")
    wrong = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [
            pool.submit(_try_in_process, each, chosen.inputs, chosen.seed) for each in chosen.names
        ]
        for name, job in zip(chosen.names, jobs, strict=True):
            told = job.result()
            refused = sum(told.get("refused", {}).values())
            per_second = told["tried"] / told.get("seconds", 1)
            _say(
                f"{name:<16}{told['tried']:>10,}{told.get('read', 0):>9,}{refused:>9,}"
                f"{told.get('slowest', 0):>7.2f} s{per_second:>9,.0f}"
            )
            _keep(name, told["faults"])
            wrong += bool(told["faults"])
    _say(f"{wrong} adapter(s) with faults")
    return wrong


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
