"""How a golden vector is written to its folder."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb_conformance.cases import Case, Question, Verdict
from swb_conformance.judging import judge
from swb_schemas.catalogue import Purpose
from tests.vectors.clauses import requirements_of
from tests.vectors.world import AT, HOLDERS, VN_GATEWAY, authority, bundle, holder

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Vector", "render"]

_BUNDLE: Final = "material/trust/bundle.json"
_DECRYPTION_KEY: Final = "material/keys/VN-gateway-decryption.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One vector before it is written.

    Attributes:
        name: Of its folder; begins with a verb.
        question: What is asked.
        why: One or two sentences.
        clause: Step of docs/reference/wire.md.
        subject: What is judged.
        code: Of the failure; empty when it must be accepted.
        verdict: None derives it from the code.
        at: The judging moment.
        receiver: Who judges; empty for nobody.
        trust: A bundle of its own, where it is not the standard one.
        has_key: Whether the recipient's decryption key is at hand.
    """

    name: str
    question: Question
    why: str
    clause: str
    subject: bytes
    code: str = ""
    verdict: Verdict | None = None
    at: datetime = AT
    receiver: str = field(default=str(VN_GATEWAY))
    trust: bytes | None = None
    has_key: bool = True

    @property
    def requirements(self) -> tuple[str, ...]:
        """Ids of those that it is there for."""
        return requirements_of(self.clause, self.question)

    @property
    def path(self) -> str:
        """Of its folder, below ``vectors/``."""
        return f"{self.question}/{self.name}"

    def files(self) -> dict[str, bytes]:
        """Write its files, by path below ``vectors/``."""
        verdict = self.verdict or (Verdict.REFUSED if self.code else Verdict.ACCEPTED)
        subject = "bundle.json" if self.question is Question.TRUST else f"{self.question}.xml"
        if self.question is Question.DELIVERY:
            subject = "message.xml"
        receiver = self.receiver if self.question in {Question.MESSAGE, Question.DELIVERY} else ""
        with_key = self.has_key and self.question is Question.DELIVERY
        trust = _BUNDLE if self.trust is None else "input/bundle.json"
        if self.question is Question.TRUST:
            trust = "input/bundle.json"
        told = [
            f'question = "{self.question}"',
            f"requirements = {json.dumps(self.requirements)}",
            f'clause = "{self.clause}"',
            f"at = {self.at:%Y-%m-%dT%H:%M:%SZ}",
            f'receiver = "{receiver}"',
            f'subject = "input/{subject}"',
            f'trust = "{trust}"',
            f'decryption_keys = ["{_DECRYPTION_KEY}"]' if with_key else "decryption_keys = []",
            "",
            "[expect]",
            f'verdict = "{verdict}"',
            f'code = "{self.code}"',
        ]
        title = self.name.replace("-", " ").capitalize()
        why = textwrap.fill(self.why, width=98)
        written = {
            "README.md": f"# {title}\n\n{why}\n\nClause: {self.clause}.\n".encode(),
            "case.toml": ("\n".join(told) + "\n").encode(),
            f"input/{subject}": self.subject,
        }
        if self.trust is not None:
            written["input/bundle.json"] = self.trust
        if verdict is Verdict.ACCEPTED:
            for name, octets in self._produce(receiver, with_key=with_key).items():
                written[f"expected/{name}"] = octets
        return {f"{self.path}/{name}": octets for name, octets in written.items()}

    def _produce(self, receiver: str, *, with_key: bool) -> dict[str, bytes]:
        """What the first reader made of it; a test compares from then on."""
        key = holder(VN_GATEWAY, Purpose.DECRYPTION).pem
        trust = self.subject if self.question is Question.TRUST else self.trust or bundle()
        outcome = judge(
            Case(
                name=self.path,
                question=self.question,
                requirements=(),
                clause=self.clause,
                at=self.at,
                receiver=receiver,
                subject_path="subject",
                trust_path="trust",
                key_paths=("key",) if with_key else (),
                verdict=Verdict.ACCEPTED,
                code="",
                files={"subject": self.subject, "trust": trust, "key": key},
            )
        )
        if outcome.verdict is not Verdict.ACCEPTED:
            message = f"{self.path} is refused: {outcome.code}: {outcome.detail}"
            raise ValueError(message)
        return dict(outcome.produced)


_MATERIAL: Final = """\
# Test material, public, never to be trusted

Roots, certificates, trust lists and private keys that the vectors are made with. All of it is
derived from a seed that stands in this repository, and exists for environment `test` only.
"""


def _material() -> dict[str, bytes]:
    written = {"material/README.md": _MATERIAL.encode(), _BUNDLE: bundle()}
    for state in ("TH", "VN", "REGION"):
        written[f"material/trust/roots/{state}.pem"] = authority(state).root_pem
    for one in HOLDERS:
        name = f"{one.party.state}-{one.party.role}-{one.purpose}"
        written[f"material/keys/{name}.pem"] = one.pem
    return written


def render(vectors: tuple[Vector, ...]) -> dict[str, bytes]:
    """Write all vectors and what they share, by path below ``vectors/``."""
    written = _material()
    for vector in vectors:
        files = vector.files()
        if files.keys() & written.keys():
            message = f"two vectors are called {vector.path}"
            raise ValueError(message)
        written |= files
    return written
