"""What every adapter must hold, as a class of tests for pytest.

Subclass it in a test module of the adapter, and pytest finds the rest::

    from importlib.resources import files
    from swb_adapters.sdk.testing.adapter_contract import AdapterContract

    class TestAtlantis(AdapterContract):
        adapter = ADAPTER
        samples = files("atlantis_swb") / "samples"

Needs ``pytest`` and ``hypothesis``, which the SDK does not install.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.testing.carrying import check_document, check_payload
from swb_adapters.sdk.testing.describing import check_info, check_paths
from swb_adapters.sdk.testing.hostile import (
    check_refusals,
    hostile_payloads,
    mutate_payload,
    reshape_payload,
)
from swb_adapters.sdk.testing.plain import check_crossing
from swb_adapters.sdk.testing.purity import check_purity
from swb_adapters.sdk.testing.strategies import documents_of
from swb_schemas.catalogue import find_type_of
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml, validate_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from swb_adapters.sdk.contract import Adapter

__all__ = ["AdapterContract"]


class AdapterContract:
    """Tests of one adapter.

    Attributes:
        adapter: The adapter.
        samples: Folder of payloads that it must read, at least one for each type of document.
        golden: Folder with what each sample means: ``NAME.xml`` holds the canonical document of
            the sample ``NAME.*``. Written anew when ``SWB_WRITE_GOLDEN`` is set: read what was
            written before you keep it. None where there is none.
        syntax: ``xml``, ``json`` or ``edifact``, for hostile payloads of that syntax; empty for
            others.
        mutations: How many payloads with one octet changed are tried for each type.
        single_octets: Whether payloads may be in a character set of single octets, in which any
            octet is a character.
    """

    adapter: ClassVar[Adapter]
    samples: ClassVar[Traversable]
    golden: ClassVar[Path | None] = None
    syntax: ClassVar[str] = "xml"
    mutations: ClassVar[int] = 150
    single_octets: ClassVar[bool] = False

    @classmethod
    def list_samples(cls) -> Iterator[tuple[str, bytes]]:
        """Name and octets of each sample, in order of names."""
        for entry in sorted(cls.samples.iterdir(), key=lambda entry: entry.name):
            if entry.is_file():
                yield entry.name, entry.read_bytes()

    @classmethod
    def list_firsts(cls) -> Iterator[tuple[str, bytes]]:
        """The first sample of each type of document."""
        seen = set()
        for name, raw in cls.list_samples():
            kind = cls.adapter.to_canonical(raw).message_type
            if kind not in seen:
                seen.add(kind)
                yield name, raw

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give each sample to the tests that take one."""
        if "sample" in metafunc.fixturenames:
            found = list(self.list_samples())
            metafunc.parametrize(
                ("name", "sample"), found, ids=[name.rpartition(".")[0] for name, _ in found]
            )

    def test_describes_itself_as_the_catalogue_has_it(self) -> None:
        assert not check_info(self.adapter)

    def test_has_a_sample_of_every_type(self) -> None:
        types = {self.adapter.to_canonical(raw).message_type for _, raw in self.list_samples()}
        assert types == {each.message_type for each in self.adapter.info.messages if each.reads}

    def test_carries_its_sample(self, name: str, sample: bytes) -> None:
        del name
        assert not check_payload(self.adapter, sample)
        document = self.adapter.to_canonical(sample).document
        validate_xml(parse_xml(encode(document)), find_type_of(document).schema)

    def test_reads_its_sample_as_the_golden_file_has_it(self, name: str, sample: bytes) -> None:
        if self.golden is None:
            return
        golden = self.golden / f"{name.rpartition('.')[0]}.xml"
        found = encode(self.adapter.to_canonical(sample).document)
        if os.environ.get("SWB_WRITE_GOLDEN"):
            self.golden.mkdir(parents=True, exist_ok=True)
            golden.write_bytes(found)
        assert golden.is_file(), f"expected {golden}: SWB_WRITE_GOLDEN=1 writes it; then read it"
        assert found == golden.read_bytes()

    def test_has_no_golden_file_without_a_sample(self) -> None:
        if self.golden is None:
            return
        samples = {name.rpartition(".")[0] for name, _ in self.list_samples()}
        assert {each.stem for each in self.golden.glob("*.xml")} <= samples

    def test_knows_where_every_element_stands(self, name: str, sample: bytes) -> None:
        del name
        reading = self.adapter.to_canonical(sample)
        support = next(
            each for each in self.adapter.info.messages if each.model is type(reading.document)
        )
        assert not check_paths(support, reading.paths)

    def test_touches_nothing_but_its_input(self) -> None:
        for _, raw in self.list_firsts():
            document = self.adapter.to_canonical(raw).document
            assert not check_purity(partial(self.adapter.to_canonical, raw))
            if any(
                each.writes and each.model is type(document) for each in self.adapter.info.messages
            ):
                assert not check_purity(partial(self.adapter.from_canonical, document))

    def test_crosses_to_another_process_and_back(self, name: str, sample: bytes) -> None:
        del name
        assert not check_crossing(self.adapter, sample)

    @given(data=st.data())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_carries_a_document_whole_or_says_what_it_loses(self, data: st.DataObject) -> None:
        models = [each for each in self.adapter.info.messages if each.reads and each.writes]
        support = data.draw(st.sampled_from(models))
        agreements = support.agreements or ("ATIGA",)
        document = data.draw(documents_of(support.model, agreement=agreements[0]))
        assert not check_document(self.adapter, document)

    def test_refuses_hostile_payloads_properly(self) -> None:
        name, sample = next(iter(self.list_firsts()))
        del name
        for why, raw in hostile_payloads(sample, syntax=self.syntax):
            may_read = why.startswith("twice") or (self.single_octets and "no UTF-8" in why)
            assert not check_refusals(self.adapter, raw, may_read=may_read), why

    def test_reads_or_refuses_a_changed_payload(self) -> None:
        for _, sample in self.list_firsts():
            for raw in mutate_payload(sample, count=self.mutations):
                assert not check_refusals(self.adapter, raw, may_read=True), raw
            if self.syntax:
                for raw in reshape_payload(sample, every=7, syntax=self.syntax):
                    assert not check_refusals(self.adapter, raw, may_read=True), raw

    def test_refuses_what_is_larger_than_its_limit(self) -> None:
        with pytest.raises(RefusedError) as caught:
            self.adapter.to_canonical(b" " * (DEFAULT_LIMITS.octets + 1))
        assert caught.value.code in {"adapter.too_large", "xml.too_large"}
