"""A state's list with an issuer that answers, for tests of revocation beside the traffic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from swb.backends.files import FolderAnswerCache
from swb.core.revocation import Asking
from swb.services.revocation import RevocationService
from swb.simulator.revoking import SimulatedRevocationAuthority
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError
from swb_schemas.wire import TrustBundle, verify_trust_list
from swb_schemas.wire.certificates import parse_pem_certificate
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.revocation import RevocationPolicy, Sources
from swb_schemas.wire.trust_list import encode_trust_list, list_authority, list_certificate
from tests.unit.wire.issuing import AT, BEGIN, END, Issued, issue
from tests.vectors.world import TH_GATEWAY, authority, list_form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from tests.integration.world import Clock

__all__ = ["CRL", "OCSP", "Asked", "ListedState", "judge", "make_service"]

CRL: Final = "http://revocation.example/crl"
OCSP: Final = "http://revocation.example/ocsp"


class Asked:
    """`AnswerFetcher` without a network: each address is a function, and `down` is an outage."""

    def __init__(self, answers: SimulatedRevocationAuthority) -> None:
        self.crl: Callable[[], bytes] = answers.make_list
        self.ocsp: Callable[[bytes], bytes] = answers.answer
        self.down: set[str] = set()
        self.questions: list[str] = []

    async def fetch_crl(self, url: str) -> bytes:
        return self._answer(url, self.crl)

    async def fetch_ocsp(self, url: str, request: bytes) -> bytes:
        return self._answer(url, lambda: self.ocsp(request))

    def says(self, *, ocsp: bytes, crl: bytes) -> None:
        """Answer with these octets from now on."""
        self.ocsp = lambda _: ocsp
        self.crl = lambda: crl

    def _answer(self, url: str, make: Callable[[], bytes]) -> bytes:
        self.questions.append(url)
        if url in self.down:
            raise UnavailableError("revocation.unreachable", "expected an answer, found silence")
        return make()


@dataclass
class ListedState:
    """`TrustSource` of one state with one issuer and some certificates.

    Attributes:
        sources: What the list names.
        leaves: Transport certificates of its gateway.
    """

    sources: Sources = field(default_factory=lambda: Sources(crl=(CRL,), ocsp=(OCSP,)))
    root: Issued = field(default_factory=lambda: issue("root", authority=True))
    leaves: Sequence[Issued] = ()
    number: int = 1

    def __post_init__(self) -> None:
        self.issuer = issue("issuing", self.root, authority=True, path_length=0)
        self.leaves = self.leaves or [issue(f"leaf {place}", self.issuer) for place in range(2)]
        self.relist()

    def relist(self) -> None:
        """Make the bundle anew."""
        signer = authority("TH")
        entries = [
            (
                TH_GATEWAY,
                list_certificate(
                    Purpose.TRANSPORT, each.x509.public_bytes(Encoding.DER), start=BEGIN, end=END
                ),
            )
            for each in self.leaves
        ]
        named = list_authority(
            self.issuer.x509.public_bytes(Encoding.DER),
            crl=self.sources.crl,
            ocsp=self.sources.ocsp,
        )
        form = list_form("TH", entries, number=self.number)
        payload = encode_trust_list(form.model_copy(update={"authorities": (named,)}))
        found = verify_trust_list(
            assemble_jws(payload, {signer.thumbprint: signer.sign(payload)}),
            state="TH",
            environment=Environment.TEST,
            roots=[parse_pem_certificate(signer.root_pem), self.root.certificate],
        )
        self.bundle = TrustBundle(environment=Environment.TEST, roots={}, lists={"TH": found})

    async def fetch(self) -> TrustBundle:
        """See `TrustSource`."""
        return self.bundle

    def answers(self, now: Callable[[], datetime]) -> SimulatedRevocationAuthority:
        """The issuer's word on its certificates."""
        return SimulatedRevocationAuthority(
            certificate=self.issuer.x509, key=self.issuer.key, now=now
        )


def judge(bundle: TrustBundle, leaf: Issued, *, proven_at: datetime | None = None) -> None:
    """Judge a certificate at `AT`."""
    bundle.judge_certificate(
        leaf.x509.public_bytes(Encoding.DER),
        party=TH_GATEWAY,
        purpose=Purpose.TRANSPORT,
        moments=(AT,),
        at=AT,
        proven_at=proven_at,
    )


def make_service(
    state: ListedState,
    asked: Asked,
    clock: Clock,
    folder: Path,
    *,
    asking: Asking = Asking.REQUIRE,
    policy: RevocationPolicy | None = None,
    named_in_certificates: bool = True,
) -> RevocationService:
    """Make the service over a state's list."""
    return RevocationService(
        trust=state,
        fetcher=asked,
        cache=FolderAnswerCache(folder),
        clock=clock,
        jitter=lambda: 0.0,
        asking=asking,
        policy=policy or RevocationPolicy(),
        refresh_every=timedelta(hours=1),
        named_in_certificates=named_in_certificates,
    )
