"""The contract of every adapter, held by the Thai and the Vietnamese formats."""

from __future__ import annotations

from importlib.resources import files

from swb_adapters.sdk.testing.adapter_contract import AdapterContract
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_adapters.vietnam import ADAPTER as VIETNAM
from tests.unit.adapters.first_party import GOLDEN


class TestThailand(AdapterContract):
    adapter = THAILAND
    samples = files("swb_adapters.thailand") / "samples"
    golden = GOLDEN / "thailand"


class TestVietnam(AdapterContract):
    adapter = VIETNAM
    samples = files("swb_adapters.vietnam") / "samples"
    golden = GOLDEN / "vietnam"
