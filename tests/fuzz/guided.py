"""``python -m tests.fuzz.guided NAME INPUTS SEED TOLD``: payloads that reach new code, by atheris.

Atheris ends its process without a word, so what was found is written to the file TOLD as it goes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path
from random import Random
from typing import Final

import atheris

with atheris.instrument_imports(include=["swb_adapters"]):
    from tests.fuzz.corpus import find_adapter, list_samples

    _NAME: Final = sys.argv[1]
    _ADAPTER: Final = find_adapter(_NAME)

from tests.fuzz.changing import Changer
from tests.fuzz.judging import Judge

_EVERY: Final = 500
_LONGEST: Final = 65_536


def main(inputs: int, seed: int, told: Path) -> None:
    """Look for payloads; does not return."""
    judge, samples = Judge(_ADAPTER), list_samples(_NAME)
    changer = Changer(samples)

    def change(raw: bytes, longest: int, drawn: int) -> bytes:
        random = Random(drawn)  # noqa: S311 - to be repeated, not to be secret
        if random.randrange(4):
            return changer.change(raw, random)[:longest]
        return bytes(atheris.Mutate(raw, longest))

    def try_payload(raw: bytes) -> None:
        problems = judge.try_payload(raw)
        if problems or judge.tried % _EVERY == 0 or judge.tried >= inputs:
            told.write_text(judge.to_json(_NAME), encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="swb-fuzz-") as folder:
        for number, raw in enumerate(samples):
            Path(folder, str(number)).write_bytes(raw)
        options = (f"-runs={inputs}", f"-seed={seed}", f"-max_len={_LONGEST}", "-verbosity=0")
        atheris.Setup(
            [sys.argv[0], *options, "-rss_limit_mb=2048", folder],
            try_payload,
            custom_mutator=change,
        )
        try:
            atheris.Fuzz()
        except BaseException:  # noqa: BLE001 - what ends Python's way here, hangs in atheris
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
