"""The test kit: what every adapter must hold, as functions that any test runner can call.

Each check returns what it found wrong, as sentences, and an empty tuple when all is well::

    @pytest.mark.parametrize("sample", SAMPLES)
    def test_reads_and_writes_its_samples(sample: Path) -> None:
        assert not check_payload(ADAPTER, sample.read_bytes())

======================  =========================================================================
`check_info`            the description is complete and agrees with the catalogue
`check_payload`         a sample reads, writes again, and reads the same
`check_document`        a document is carried whole, or what is lost is declared
`check_between`         the same through two formats
`check_paths`           every element of a document type has a national path
`check_purity`          no file, network, process, clock or randomness
`check_crossing`        inputs and outputs survive the way to another process
`check_refusals`        hostile octets are refused, by codes of the contract and nothing else
======================  =========================================================================

`swb_adapters.sdk.testing.strategies` generates documents; it needs ``hypothesis``, which the SDK
does not install.
"""

from swb_adapters.sdk.testing.carrying import check_between, check_document, check_payload
from swb_adapters.sdk.testing.describing import check_info, check_paths
from swb_adapters.sdk.testing.hostile import (
    check_refusals,
    hostile_payloads,
    mutate_payload,
    reshape_payload,
)
from swb_adapters.sdk.testing.plain import check_crossing, plain_reading, plain_rendering
from swb_adapters.sdk.testing.purity import check_purity

__all__ = [
    "check_between",
    "check_crossing",
    "check_document",
    "check_info",
    "check_paths",
    "check_payload",
    "check_purity",
    "check_refusals",
    "hostile_payloads",
    "mutate_payload",
    "plain_reading",
    "plain_rendering",
    "reshape_payload",
]
