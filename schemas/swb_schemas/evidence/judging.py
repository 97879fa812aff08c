"""Judging a container: every file, what it proves and since when, and what is missing.

Nothing in the container is trusted: neither its list of contents, nor its roots, nor its dates.
The auditor gives the bundle. In this order:

E1. The archive is one, within bounds; it holds what its list of contents names, and nothing else.
E2. Each manifest is about a file that is there, with that digest, and a record that is there.
E3. Each evidence record leads from the file to a time-stamp that counts: a proven time.
E4. Each message and sealed document verifies at its proven time, under the lists of that time; of
    what was erased, the signature that was left. Ids and digests are those that were listed.
E5. A message in clear carries the very document beside it.
E6. Receipts agree with what they name, and come from who may give them.
E7. Log proofs hold, where there are any.
E8. What one would expect, and is not there, is named. Absence proves nothing, either way.

A file that verifies but has no record is undetermined: nothing proves when it was made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError, SwbError, UndeterminedError
from swb_schemas.evidence.agreement import Stated, check_carried, check_listed
from swb_schemas.evidence.belonging import check_belonging
from swb_schemas.evidence.completeness import find_missing
from swb_schemas.evidence.contents import CONTENTS_NAME, Contents, parse_erasure_record
from swb_schemas.evidence.evidence_record import decode_evidence_record, verify_evidence_record
from swb_schemas.evidence.opening import open_container
from swb_schemas.evidence.receipts import check_receipts, list_unaddressed
from swb_schemas.evidence.remainder import verify_remainder
from swb_schemas.evidence.time_stamp import DEFAULT_TIME_POLICY, TimePolicy, read_claimed_time
from swb_schemas.evidence.trust_history import TrustHistory, read_trust_history
from swb_schemas.findings import Finding, Severity
from swb_schemas.wire.kept_answers import answers_among
from swb_schemas.wire.ledger.entry import LogEntry
from swb_schemas.wire.ledger.proof import verify_log_proof
from swb_schemas.wire.verification import DEFAULT_POLICY, verify_message, verify_sealed
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from swb_schemas.evidence.contents import Item
    from swb_schemas.evidence.evidence_record import TimeAssertion
    from swb_schemas.evidence.manifest import Manifest
    from swb_schemas.wire.evidence import VerifiedMessage, VerifiedSealedDocument
    from swb_schemas.wire.trust import ListedCertificate
    from swb_schemas.wire.verification import VerificationPolicy

__all__ = ["ContainerVerdict", "ItemVerdict", "verify_container"]

TRUST_FOLDER: Final = "trust/"
REVOCATION_FOLDER: Final = "revocation/"
ERASURE_FOLDER: Final = "erasures/"
LOG_FOLDER: Final = "log/"
LOG_SUFFIX: Final = ".tlog-proof"


@dataclass(slots=True, kw_only=True)
class ItemVerdict:
    """What became of one file.

    Attributes:
        file: Its name.
        kind: message, document, erasure or log proof.
        id: Its id.
        type: Name in the catalogue; empty where it has none.
        erased: Whether only a signature is left.
        error: Why it was not accepted; None when it was.
        proven_at: When it existed at the latest; None when nothing proves it.
        authority: Whose time-stamp says so.
        signer: Whose signature it bears.
        digest: Its signed digest.
    """

    file: str
    kind: str
    id: str
    type: str = ""
    erased: bool = False
    error: SwbError | None = None
    proven_at: datetime | None = None
    authority: str = ""
    signer: str = ""
    digest: str = ""

    @property
    def verdict(self) -> str:
        """accepted, refused or undetermined."""
        return self.error.family if self.error else "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerVerdict:
    """What became of a container.

    Attributes:
        contents: What it says that it holds.
        items: One for each file that can be judged.
        findings: What somebody should look at; what is missing among it.
        missing: What one would expect and is not there.
        documents: The sealed documents that were accepted, with their proven times.
    """

    contents: Contents
    items: tuple[ItemVerdict, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    documents: tuple[tuple[VerifiedSealedDocument, datetime], ...] = ()

    @property
    def error(self) -> SwbError | None:
        """The first refusal, or else the first thing that could not be judged."""
        failed = [each.error for each in self.items if each.error is not None]
        refusals = [each for each in failed if isinstance(each, RefusedError)]
        return next(iter([*refusals, *failed]), None)


def verify_container(
    raw: bytes,
    *,
    trust: bytes,
    at: datetime,
    policy: VerificationPolicy = DEFAULT_POLICY,
    time_policy: TimePolicy = DEFAULT_TIME_POLICY,
) -> ContainerVerdict:
    """Judge a container, E1 to E8.

    Args:
        raw: The container.
        trust: The auditor's bundle.
        at: The judging moment; what has no proven time is judged as of it.
        policy: What is allowed of messages.
        time_policy: What is asked of time-stamps.

    Raises:
        RefusedError: ``container.*``, ``evidence.*``: it cannot be judged file by file.
            ``trust.*``: the auditor's bundle does not hold.
        UndeterminedError: ``trust.other_keys``: nothing in it is by a key of the bundle.
    """
    container = open_container(raw)
    files = container.files
    others = {name: each for name, each in files.items() if name.startswith(TRUST_FOLDER)}
    answers = answers_among(files, folder=REVOCATION_FOLDER)
    judge = _Judge(
        files=files,
        contents=container.contents,
        history=read_trust_history(trust, others).with_answers(answers, at=at),
        manifests=container.manifests,
        at=at,
        policy=policy,
        time_policy=time_policy,
    )
    return judge.judge()


# --- E3 to E8 ----------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Judge:
    files: Mapping[str, bytes]
    contents: Contents
    history: TrustHistory
    manifests: Mapping[str, Manifest]
    at: datetime
    policy: VerificationPolicy
    time_policy: TimePolicy
    documents: dict[str, VerifiedSealedDocument] = field(default_factory=dict)
    messages: dict[str, VerifiedMessage] = field(default_factory=dict)
    verdicts: dict[str, ItemVerdict] = field(default_factory=dict)

    def judge(self) -> ContainerVerdict:
        by_id: dict[tuple[str, str], Item] = {
            (each.kind, each.id): each for each in self.contents.items
        }
        for item in sorted(self.contents.items, key=lambda each: each.kind):  # documents first
            self.verdicts[item.file] = self._judge_item(item, by_id)
        for file, error in check_receipts(
            self.documents, self.messages, self.contents.items, self.contents.conversation
        ):
            self.verdicts[file].error = self.verdicts[file].error or error
        extra = [*self._judge_erasures(), *self._judge_log_proofs(by_id)]
        self._check_bundle()
        # A receipt that was refused is none.
        kept = {
            file: each
            for file, each in self.documents.items()
            if not isinstance(self.verdicts[file].error, RefusedError)
        }
        missing = tuple(find_missing(self.contents, kept))
        return ContainerVerdict(
            contents=self.contents,
            items=(*(self.verdicts[each.file] for each in self.contents.items), *extra),
            findings=tuple(self._find(missing)),
            missing=missing,
            documents=tuple(
                (each, proven_at)
                for file, each in self.documents.items()
                if self.verdicts[file].error is None
                and (proven_at := self.verdicts[file].proven_at) is not None
            ),
        )

    def _check_bundle(self) -> None:
        errors = [each.error for each in self.verdicts.values()]
        codes = [error.code for error in errors if error is not None]
        if len(codes) == len(errors):
            check_belonging(self.files, (self.history.own, *self.history.others), codes)

    def _judge_item(self, item: Item, by_id: Mapping[tuple[str, str], Item]) -> ItemVerdict:
        verdict = ItemVerdict(
            file=item.file, kind=item.kind, id=item.id, type=item.type, erased=item.erased
        )
        try:
            self._prove(verdict)
            moment = verdict.proven_at or item.recorded_at
            if item.erased:
                self._judge_remainder(item, verdict, moment)
            elif item.kind == "document":
                self._judge_document(item, verdict, moment)
            else:
                self._judge_message(item, verdict, moment, by_id)
            if verdict.proven_at is None:
                told = format_instant(self.at)
                message = f"expected a time-stamp on {item.file}, as of {told} found none"
                raise UndeterminedError("evidence.unproven", message)  # noqa: TRY301 - judged with every other refusal
        except (RefusedError, UndeterminedError) as error:
            verdict.error = error
        return verdict

    def _prove(self, verdict: ItemVerdict) -> None:
        """Find the proven time of a file by its record, if it has one (E3)."""
        manifest = self.manifests.get(verdict.file)
        if manifest is None:
            return
        record = self.files[manifest.record]
        assertion = self._verify_record(record, manifest.digest)
        latest = assertion.stamps[-1].generated_at
        if latest - self.at > self.policy.skew:
            message = (
                f"expected a time-stamp on {verdict.file} by the judging moment, "
                f"{format_instant(self.at)}, found one of {format_instant(latest)}"
            )
            raise UndeterminedError("evidence.later", message)
        verdict.proven_at = assertion.proven_at
        verdict.authority = assertion.stamps[0].authority.party

    def _verify_record(self, record: bytes, digest: bytes) -> TimeAssertion:
        """Verify a record under the lists of the time that its last time-stamp claims."""
        claimed = read_claimed_time(decode_evidence_record(record)[-1].token)
        return verify_evidence_record(
            record,
            digest=digest,
            trust=self.history.at(claimed),
            at=claimed,
            policy=self.time_policy,
        )

    def _judge_document(self, item: Item, verdict: ItemVerdict, moment: datetime) -> None:
        verified = verify_sealed(
            self.files[item.file],
            trust=self.history.at(moment),
            at=moment,
            proven_at=verdict.proven_at,
            policy=self.policy,
        )
        verdict.signer, verdict.digest = verified.signer.party, verified.digest.text
        _check_stamped_in_time(verdict, verified.signer)
        header = verified.header
        stated = Stated(
            id=header.document_id,
            type=header.message_type,
            document=None,
            digest=verified.digest.text,
            signer=header.issuing_party,
            receiver=header.receiving_party,
            conversation=header.conversation_id,
            environment=header.environment,
        )
        check_listed(item, self.contents, stated)
        if item.id == self.contents.document and (
            header.certificate_key != self.contents.certificate_key
        ):
            message = (
                f"expected {item.file} to be about {self.contents.certificate_key}, as is listed, "
                f"found {header.certificate_key}"
            )
            raise RefusedError("container.other_item", message)
        self.documents[item.file] = verified

    def _judge_message(
        self,
        item: Item,
        verdict: ItemVerdict,
        moment: datetime,
        by_id: Mapping[tuple[str, str], Item],
    ) -> None:
        verified = verify_message(
            self.files[item.file],
            trust=self.history.at(moment),
            at=moment,
            receiver=None,
            proven_at=verdict.proven_at,
            policy=self.policy,
        )
        verdict.signer, verdict.digest = verified.signer.party, verified.digest.text
        _check_stamped_in_time(verdict, verified.signer)
        header = verified.header
        stated = Stated(
            id=header.message_id,
            type=header.message_type,
            document=header.document_id,
            digest=verified.digest.text,
            signer=header.sender,
            receiver=header.receiver,
            conversation=header.conversation_id,
            environment=header.environment,
        )
        check_listed(item, self.contents, stated)
        document = by_id.get(("document", header.document_id))
        if document is not None and not document.erased:
            check_carried(
                verified,
                item,
                document,
                octets=self.files[document.file],
                sealed=self.documents.get(document.file),
            )
        self.messages[item.file] = verified

    def _judge_remainder(self, item: Item, verdict: ItemVerdict, moment: datetime) -> None:
        remainder = verify_remainder(
            self.files[item.file],
            message_type=item.type,
            signer=item.signer,
            is_message=item.kind == "message",
            trust=self.history.at(moment),
            at=moment,
            proven_at=verdict.proven_at,
        )
        verdict.signer, verdict.digest = remainder.signer.party, remainder.digest
        _check_stamped_in_time(verdict, remainder.signer)
        if item.digest != remainder.digest:
            message = f"expected {item.file} to be over {item.digest}, found {remainder.digest}"
            raise RefusedError("container.other_item", message)

    def _judge_erasures(self) -> Iterator[ItemVerdict]:
        """Records of erasure: since when they exist, and that they name what is listed erased."""
        erased = {(each.kind, each.id): each for each in self.contents.items if each.erased}
        for name in sorted(self.files):
            if not name.startswith(ERASURE_FOLDER):
                continue
            verdict = ItemVerdict(file=name, kind="erasure", id=name.rpartition("/")[2][:36])
            try:
                record = parse_erasure_record(self.files[name])
                for each in record.files:
                    item = erased.pop((each.kind, each.id), None)
                    if item is not None and (item.digest, item.octets) != (
                        each.digest,
                        each.octets,
                    ):
                        message = f"expected the record to name {item.file} as it is listed"
                        raise RefusedError("container.other_item", message)  # noqa: TRY301 - judged with every other refusal
                self._prove(verdict)
                if verdict.proven_at is None:
                    message = (
                        f"expected a time-stamp on {name}, found none yet: export again when it "
                        "is time-stamped"
                    )
                    raise UndeterminedError("evidence.unproven", message)  # noqa: TRY301 - judged with every other refusal
            except (RefusedError, UndeterminedError) as error:
                verdict.error = error
            yield verdict
        for item in erased.values():
            message = f"expected a record of who erased {item.id}, and why, found none"
            self.verdicts[item.file].error = RefusedError("container.other_item", message)

    def _judge_log_proofs(self, by_id: Mapping[tuple[str, str], Item]) -> Iterator[ItemVerdict]:
        for name in sorted(self.files):
            if not name.startswith(LOG_FOLDER):
                continue
            message_id = name.removeprefix(LOG_FOLDER).removesuffix(LOG_SUFFIX)
            verdict = ItemVerdict(file=name, kind="log proof", id=message_id)
            item = by_id.get(("message", message_id))
            try:
                if item is None:
                    message = f"expected a log proof of a message that is here, found {name}"
                    raise RefusedError("container.other_item", message)  # noqa: TRY301 - judged with every other refusal
                entry = LogEntry(message_id=item.id, sender=item.signer, digest=item.digest)
                # The log signed after the message was sent, and before the container was made.
                moment = min(self.at, self.contents.exported_at)
                verify_log_proof(
                    self.files[name], entry=entry, trust=self.history.at(moment), at=moment
                )
            except (RefusedError, UndeterminedError) as error:
                verdict.error = error
            yield verdict

    def _find(self, missing: tuple[str, ...]) -> Iterator[Finding]:
        for each in missing:
            yield _warn("evidence.missing", CONTENTS_NAME, each)
        yield from self._find_claims()
        for name, code in self.history.unusable.items():
            message = f"the lists in it do not count under the auditor's roots: {code}"
            yield _warn("evidence.old_trust", name, message)
        if self.history.used_others:
            message = (
                "judged by lists out of the container, which the auditor's roots signed; whoever "
                "made the container chose them, so a newer list may say more"
            )
            yield _warn("evidence.old_trust", TRUST_FOLDER, message)
        if self.at < self.contents.exported_at:
            message = (
                f"the chosen time {format_instant(self.at)} lies before this evidence, exported "
                f"{format_instant(self.contents.exported_at)}: refusals may come of that alone"
            )
            yield _warn("evidence.before", CONTENTS_NAME, message)
        until = min((each.expires_at for each in self.history.own.lists.values()), default=self.at)
        if until < self.at:
            message = (
                f"what was learnt of keys after {format_instant(until)}, when a list of the "
                "auditor's bundle expired, is not known"
            )
            yield _warn("evidence.old_trust", "", message)

    def _find_claims(self) -> Iterator[Finding]:
        """What only whoever made the container says, because what was signed is erased."""
        for file, state, about in list_unaddressed(
            self.documents, self.messages, self.contents.items
        ):
            message = (
                f"{state} gave this receipt for {about}; whether that was for {state} cannot be "
                "verified, since its header was not"
            )
            yield _warn("evidence.claimed", file, message)
        key = self.contents.certificate_key
        if key is not None and key not in {
            each.header.certificate_key for each in self.documents.values()
        }:
            message = f"nothing that could be verified says that it is about certificate {key}"
            yield _warn("evidence.claimed", CONTENTS_NAME, message)


def _check_stamped_in_time(verdict: ItemVerdict, signer: ListedCertificate) -> None:
    """Leave undetermined what is proven to exist only since its certificate ended.

    A signing time is the signer's own word, and nobody keeps watch over a key that has ended: it
    is not revoked any more when it is lost.
    """
    if verdict.proven_at is not None and verdict.proven_at > signer.holds_until:
        message = (
            f"expected a time-stamp on {verdict.file} before its certificate ended, "
            f"{format_instant(signer.holds_until)}, "
            f"found the first of {format_instant(verdict.proven_at)}"
        )
        raise UndeterminedError("evidence.late_stamp", message)


def _warn(code: str, path: str, message: str) -> Finding:
    return Finding(
        code=code, severity=Severity.WARN, path=path, message=message, actor=Actor.RECIPIENT
    )
