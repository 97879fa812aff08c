"""The simulated Bruneian forms: the contract of every adapter, and what is their own."""

from __future__ import annotations

from importlib.resources import files

from swb_adapters.brunei import ADAPTER
from swb_adapters.sdk.testing.adapter_contract import AdapterContract

SAMPLES = files("swb_adapters.brunei") / "samples"


class TestBrunei(AdapterContract):
    adapter = ADAPTER
    samples = SAMPLES
    syntax = ""
