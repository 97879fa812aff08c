"""What each command writes with ``--json``: its members, and what the page says they mean."""

from __future__ import annotations

from typing import Final

__all__ = ["MEMBERS"]

_CHECKPOINT: Final = {
    "origin": "the log",
    "size": "entries under the checkpoint",
    "root": "of the tree, hexadecimal",
    "log_certificate": "thumbprint of the certificate that the log signed with",
    "witnesses": "whose cosignatures count: `party`, `state`, `at`, `certificate`",
    "disregarded": "by party: why its cosignature does not count",
}
_INCLUSION: Final = {
    "verdict": "`accepted`",
    "message_id": "the message that is in the log",
    "sender": "gateway or router that sent it",
    "digest": "its signed digest",
    "index": "place of its entry, from 0",
    "checkpoint": "as `swb ledger checkpoint` shows it",
}
MEMBERS: Final[dict[str, dict[str, str]]] = {
    "swb demo": {
        "documents": "certificates that were submitted",
        "delivered": "of these, how many the other state's single window got",
        "given": "whose preference customs gave",
        "not_given": "whose preference customs did not give",
        "pending": "that customs did not answer, or not yet for every item",
        "lost": "that did not arrive",
        "duplicated": "that arrived more than once",
        "refused": "that were refused on the way",
        "seconds": "how long it took",
        "transport": "`embedded` or `rabbitmq`",
        "messages": "messages that gateways sent and received, counted at both ends",
        "time_stamped": "of these, how many are under a time-stamp",
        "time_stamps": "how many time-stamps that took",
        "log": "the region's evidence log: `recorded` (messages that the router took in or sent), "
        "`size` (of these under the published checkpoint), `witnesses` (states that cosigned it)",
        "handed_over_again": "hand-overs that the single window had already, which it recognises",
        "cancelled": "certificates that their authority cancelled and customs let be cancelled",
        "verified": "certificates that customs verified afterwards, to its conclusion",
        "withdrawn": "certificates that their authority took back by their status",
        "unfinished": "certificates whose issuing state does not know yet that what customs "
        "refused is cancelled, or what a verification came to",
        "types": "how many documents of each type were delivered",
        "pairs": "the same figures for each direction, with `from`, `to`, `agreement` (empty where "
        "none has to do with it) and `message_type`",
    },
    "swb convert": {
        "from": "format that was read",
        "to": "format that was written",
        "message_type": "type in the catalogue, for example `CertificateIssue`",
        "payload": "the result, as text",
        "payload_encoding": "`utf-8`; `base64` where a format is no UTF-8 text",
        "losses": "findings: what one of the two formats cannot carry",
        "findings": "findings: everything else",
    },
    "swb check": {
        "from": "format that was read",
        "message_type": "type in the catalogue, for example `CertificateIssue`",
        "certificate_key": "`STATE:office:number`; null for what is no certificate",
        "place": "`issuer`, `intermediate-issuer` (of a back-to-back certificate) or `importer`",
        "at": "the day as of which it was judged",
        "refuses": "how many of the findings refuse; when any does, `code`, `actor`, `final` and "
        "`message` of the failure stand beside",
        "findings": "findings: of the rules, and what the adapter says of reading",
    },
    "swb adapters new": {
        "name": "of the adapter",
        "format": "its syntax",
        "folder": "where the project is",
        "files": "paths in it",
    },
    "swb adapters test": {
        "adapter": "its name",
        "version": "of its mapping",
        "checks": "each with `check`, `subject` (a sample or a message type), `passed`, `skipped` "
        "(why; else null), `cases` and `problems`",
        "broken": "how many checks found something; when any did, `code`, `actor`, `final` and "
        "`message` of the failure stand beside",
        "speed": "by message type: `sample`, `items`, `reads_per_second`, `writes_per_second`; "
        "empty where a check found something",
    },
    "swb conformance run": {
        "kind": "`swb-conformance-report`",
        "version": "of this form, 1",
        "suite": "version of the suite",
        "profile": "what was tried",
        "target": "as it was named",
        "system": "what the target said that it is: `name`, `version` and more, where it did",
        "types": "document types that it said it carries, each with `message_type`, `agreements` "
        "(empty is all), `reads`, `writes`; empty where it named none, and was tried with all",
        "left_out": "national document types that it does not carry, and was not tried with",
        "started": "instant",
        "ended": "instant",
        "seconds": "how long it took",
        "seed": "what was drawn was drawn from it",
        "seed_drawn": "whether the seed itself was drawn for the run, and not given",
        "samples": "how many national files were given with their canonical documents",
        "shard": "which part was tried; `1/1` is all",
        "only": "what the run was narrowed to; empty is all",
        "cut_short": "why cases were not tried any more; else null",
        "complete": "whether the whole profile was tried",
        "told_again": "how many cases ended in an earlier sitting of a run that is kept",
        "unshown": "ids of requirements that no case shows, of a whole profile that was tried",
        "left_aside": "ids of requirements that the target's description leaves out",
        "passes": "whether nothing failed but known deviations, something passed, and no "
        "requirement is unshown; where not, "
        "`code`, `actor`, `final`, `message` and `findings` of the failure stand beside",
        "passed": "how many cases",
        "failed": "how many cases",
        "skipped": "how many cases",
        "deviating": "how many cases failed and are known to",
        "negative": "how many cases put something wrong to the target",
        "broke": "how often the target died, hung, flooded or talked nonsense",
        "requirements": "each with `id`, `clause`, `text`, `status` and `cases`, how many",
        "cases": "each with `name`, `requirements`, `negative`, `status`, `seconds`; where it did "
        "not pass also `reason`, `repeat` (a command), `evidence`, and of what is "
        "known to fail `deviation` (the reason) and `until` (a day)",
    },
    "swb conformance list": {
        "profiles": "each with `profile`, `title`, `live`, `verbs`, `requirements` (`id`, "
        "`clause`, `text`) and, with `--cases`, `cases` (`name`, `requirements`, `negative`)",
    },
    "swb conformance explain": {
        "requirements": "each with `profile`, `id`, `clause`, `text`",
        "cases": "each with `name`, `requirements`, `negative`, and of a vector `why` it is there",
    },
    "swb conformance statement": {
        "statement": "what was signed",
        "signer": "digest of the certificate",
        "reports_checked": "0",
        "deviations_over": "empty",
    },
    "swb conformance verify-statement": {
        "statement": "`claimant`, `profile`, `system`, `types`, `suite`, `seed`, `tried_at`, "
        "`stated_at`, `passed`, `skipped`, `deviations` (each with `case`, `reason`, `until`), "
        "`reports`",
        "signer": "digest of the certificate",
        "reports_checked": "how many reports were held against it",
        "deviations_over": "cases of known deviations whose last day is over",
    },
    "swb adapters docs": {
        "adapter": "its name",
        "version": "of its mapping",
        "page": "the page, in Markdown",
    },
    "swb adapters diff": {
        "first": "format of the file",
        "second": "format that it went through",
        "message_type": "type in the catalogue",
        "changes": "each with `path`, `first_path` and `second_path` (places in both formats), "
        "`before` and, where it is known, `after`, `declared`, and `reason` of what is declared",
        "findings": "findings: what the first format said beyond the canonical document",
    },
    "swb catalogue": {
        "message_type": "its name in headers",
        "version": "newest version that is written",
        "document": "the canonical document",
        "namespace": "of its root element",
        "schema": "file name of its XSD",
        "leads": "whether it begins a conversation",
        "national": "whether single windows hand it in and out",
        "issuers": "roles that may seal it",
        "receivers": "roles that it may be addressed to",
        "answers": "message types that may answer it or be about it",
        "withdrawn_by": "`never`, `message` (about it) or `status` (the same document once more)",
        "needs_consent": "whether it leaves only with the exporter's consent",
        "seal_purpose": "purpose of the certificate that seals it",
        "commitment": "what the seal proves (ETSI EN 319 132-1)",
        "acknowledged": "whether gateways acknowledge it and routers receipt it",
        "lifetime_seconds": "how long a message that carries it is tried",
    },
    "swb rules list": {
        "id": "stable; the code, and after a colon which of several lines it is",
        "code": "of its findings",
        "clause": "what asks for it",
        "from": "first day of issue; null without beginning",
        "to": "last day of issue; null without end",
        "severity": "`refuse` or `warn`",
        "evaluated_at": "`issuer`, `intermediate-issuer`, `importer`: who evaluates it",
        "document": "what it is about",
        "agreements": "of certificates; empty: all",
        "issuing_states": "of certificates; empty: all",
        "meaning": "what a finding of it says",
    },
    "swb rules states": {
        "state": "ISO 3166-1 alpha-2",
        "name": "in English",
        "parties": "agreements that it is party to, on some day",
        "party_to": "those without a first day",
        "party_since": "first day of issue, by agreement",
        "live_since": "first day of electronic exchange; null while it is configured and not live",
        "fob_shown": "when box 9 shows the FOB price: `agreement`, `from`, `until`",
        "most_items": "of one certificate: `items`, `clause`; null where nothing is said",
        "invoices_until_submission": "its `clause`, where later invoices are refused",
        "whole_partial_shares": "its `clause`, where shares of partial cumulation are whole",
        "opted_out": "of the message guide: `what`, `clause`, `from`",
        "electronic_signature": "whether its law takes one; null where it is not stated",
    },
    "swb rules shadow": {
        "certificates": "how many were judged",
        "changed": "of how many the findings would be others",
        "refused_now": "with a finding that refuses, by this version's rules",
        "refused_then": "the same by the pack",
        "clauses": "each with `clause`, `code`, in how many certificates it `appears`, `vanishes`, "
        "`weighs_more`, `weighs_less`, and `examples` (keys, five at most)",
    },
    "swb codes list": {
        "list": "name, as `swb codes show` takes it",
        "title": "of the standard",
        "edition": "of the standard, or `kept by hand`",
        "source": "what it was taken from",
        "whole": "whether it has every code of its standard",
        "codes": "how many",
    },
    "swb codes show": {
        "list": "name",
        "code": "as asked",
        "name": "in English, or as the list spells it",
        "from": "first day; null where it is older than the list",
        "to": "last day; null while it holds",
    },
    "swb codes hs": {
        "code": "as asked",
        "subheadings": "each with `code` and `description`; several where a step split it",
    },
    "swb codes step": {
        "code": "its six digits",
        "became": "codes of HS 2022; empty where it is none of HS 2017",
        "came_of": "codes of HS 2017; empty where it is none of HS 2022",
    },
    "swb codes tariff": {
        "code": "without dots",
        "description": "as the file has it",
        "edition": "that the tariff is built upon",
    },
    "swb render": {
        "file": "what was written",
        "certificate_key": "of what was printed",
        "pages": "how many",
        "codes": "text of the code of each page; empty where the print has none",
        "why_no_code": "why it has none, else null",
    },
    "swb verify-print": {
        "verdict": "`accepted`, `refused` or `undetermined`; with `--page` there is `file` alone",
        "code": "null when accepted, else the failure's, with `actor`, `final` and `message`",
        "at": "the judging moment",
        "fields": "what the codes of all pages say; null when not accepted",
        "missing": "numbers of pages that were not given",
        "findings": "findings",
    },
    "swb verify": {
        "verdict": "`accepted`, `refused` or `undetermined`",
        "code": "null when accepted, else the failure's, with `actor`, `final` and `message`",
        "kind": "`message` or `sealed document`",
        "at": "the judging moment",
        "opened": "whether the sealed document was seen and verified",
        "layers": "for each layer that was looked at: `layer`, `header`, `digest`, `signer` "
        "(party, purpose, subject, certificate, issuer) and `steps` (number, name, result); "
        "header, digest and signer are null unless the signature is that signer's",
        "findings": "findings",
    },
    "swb trust show": {
        "environment": "of a bundle: `test` or `production`; of a draft or signed file there is "
        "`digest`, `signatures` (roots by thumbprint, none of them checked) and `says` instead",
        "states": "by state its `quorum`, `root_number`, `roots_expire`, `roots`, `former_roots` "
        "and `list` (`number`, `digest`, `issued`, `expires`, `signers`, `parties` with their "
        "certificates: `purpose`, `certificate`, `from`, `until`, `against`)",
        "statements": "what the operator of this configuration stated about stolen keys: `number`, "
        "`member`, `purpose`, `since`, `reason`, `stated_at`, `lifted_at`, `certificates`",
        "expiries": "what ends within 60 days, or has ended: `subject`, `state`, `name`, "
        "`identity`, `ends_at`, `threshold` (60, 30, 7, or 0 after the end)",
        "findings": "findings: the same, and pointers that differ from the roots in force",
    },
    "swb trust verify": {
        "verdict": "`accepted`, `refused` or `undetermined`",
        "code": "null when accepted, else the failure's, with `actor`, `final` and `message`",
        "at": "the judging moment",
        "lists": "by state the lists that were accepted, as `swb trust show` has them",
    },
    "swb trust draft": {
        "draft": "the file",
        "digest": "of what will be signed; to be read aloud",
        "number": "of the list or statement",
    },
    "swb trust add": {
        "draft": "as above",
        "digest": "as above",
        "number": "as above",
        "findings": "what could not be checked for want of roots",
    },
    "swb trust authority": {"draft": "as above", "digest": "as above", "number": "as above"},
    "swb trust retire": {"draft": "as above", "digest": "as above", "number": "as above"},
    "swb trust roots": {"draft": "as above", "digest": "as above", "number": "as above"},
    "swb trust sign": {
        "digest": "of what was signed",
        "root": "thumbprint of the root whose signature was added",
        "signatures": "thumbprints of all roots that signed so far",
        "findings": "as above",
    },
    "swb trust pin": {
        "state": "whose roots",
        "quorum": "how many must sign",
        "roots": "their thumbprints",
    },
    "swb trust publish": {
        "publication": "the file",
        "state": "whose list",
        "number": "of the list",
    },
    "swb trust install": {
        "state": "whose list",
        "number": "of the list",
        "digest": "of its payload",
    },
    "swb trust compromise": {
        "statement": "its number; null with `--dry-run`. With `--lift` there are `lifted` and "
        "`released` (documents) alone",
        "certificates": "what it is about: `party`, `purpose`, `certificate`, `until`",
        "after": "quarantined documents that were sealed since, by their own word: "
        "`document_id`, `message_type`, `certificate_key`, `direction`, `sealed_at`, "
        "`proven_at`, `proof` (`time-stamp`, or `own record`: this gateway had it then), "
        "`certificate`",
        "unproven": "quarantined documents that say they are older, which nothing proves; as above",
        "proven": "documents that are proven to be older and stay valid; as above",
        "findings": "that the member is of one's own state",
    },
    "swb submit": {
        "document_id": "of the sealed document",
        "certificate_key": "`STATE:office:number`",
        "message_type": "type in the catalogue",
        "repeated": "true when the same payload had been accepted before",
        "status": "then the fact that stands now, as `swb status` names it; else null",
        "findings": "findings: warnings and losses",
    },
    "swb status": {
        "status": "the fact that stands: `AS1`, `RELAYED`, `AS2`, `AS3`, `REFUSED`, `RES-NOT`, "
        "`RES-REC`, `PENDING`, `GIVEN`, `NOT GIVEN`, `CANCELLED`, `VERIFICATION SUSPENDING`, "
        "`VERIFICATION DENIED`, `WITHDRAWN`, `QUARANTINED` or `DISCARDED`; "
        "null when nothing is known",
        "exchange": "by machine (`road`, `preference`, `standing`, `verification`) its `state` and "
        "the `number` of the response, cancellation or request that brought it there; 0 for none",
        "limits": "time limits that have passed: `code`, `gravity` (`alarm` while it is awaited "
        "still, `finding` when it came late), `number`, `due_at`, `came_at` (null for an alarm), "
        "`clause` (null for a limit of this broker's own)",
        "waiting": "what is awaited, null when nothing is: `for`, `since`, `until`, "
        "`refusal_until` and `clause`; no alarm, a timer",
        "utilised": "what customs gave preference for, item by item: `item`, `certified` (null "
        "where no quantity was), `parts` (`declaration_number`, `quantity`, null for the whole), "
        "`total` in the certified unit (null where it cannot be compared)",
        "document": "the document: ids, parties, environment, digest, direction, `recorded_at`",
        "events": "what is known of it, in the order in which this gateway learnt it: `known_at` "
        "(by its own clock), `at` (as whoever tells it dates it), `name`, `message_id`, `code`, "
        "`detail` (of a customs response its items, their decisions and reasons) and `revision`",
        "answers": "documents that answer it or belong to its conversation",
        "messages": "messages that carried it or its answers",
        "unfinished": "messages that carry it and its delivery, where they did not leave: each "
        "with `kind`, `id`, `line`, `state` (`waiting`, `parked`, `discarded`), `attempts`, "
        "`code`, `due_at`, `ended_at`",
    },
    "swb bench": {
        "kind": "`swb-bench`",
        "version": "of this form, 1",
        "machine": "`processors`, `processor`, `memory_megabytes`, `system`, `python`, and "
        "`software`, versions by name",
        "run": "`command`, `began_at`, `seconds`",
        "road": "a case for each size, clear and encrypted, as `swb bench road` tells it",
        "peers": "by name, each with `what`, `documents_per_second` of all `processes` together, "
        "`runs`, `octets` of the document, `software`, `remark`",
        "steps": "a case for each kind of document: `document`, `items` (0 of a receipt), `octets` "
        "by form, and `steps` by name, each with `microseconds`, `processor_microseconds`, "
        "`floor` in words, `floor_microseconds`, `ratio`",
        "work": "what a Form D should cost by its steps, counted and not measured: `items`, "
        "`protected`, `messages_per_document` that were counted, `cpu_seconds_per_document` by "
        "process and step",
        "start": "`python_seconds`, `help_seconds`, `help_ratio_to_python`, "
        "`demo_first_document_seconds`, `demo_seconds`, `runs`; null where not measured",
        "demo": "`documents`, `embedded_documents_per_second`, `rabbitmq_documents_per_second`, "
        "`embedded_ratio_to_rabbitmq`, `runs`; null likewise",
        "growth": "as `swb bench growth` tells it; null likewise",
        "targets": "each with `name`, `at_least` or `at_most`, `found`, `verdict` (`met`, "
        "`missed`, `not measured`)",
        "changes": "with `--compare`: each ratio with `name`, `before`, `now`; else not there",
    },
    "swb bench road": {
        "documents": "of each measurement",
        "items": "of each Form D",
        "protected": "whether bodies were encrypted",
        "evidence": "whether time-stamps and the log were made beside",
        "store": "`sqlite` or `postgres`",
        "runs": "turns of each side",
        "road": "`documents_per_second`, its `runs`, `latency_at_half_load` and "
        "`latency_at_full_load` (`median_seconds`, `p95_seconds`, `p99_seconds`), "
        "`cpu_seconds_per_document` by process, `ratio_to_bare_pipe`, "
        "`ratio_to_grouping_pipe` (null where the road answers each document alone), "
        "`latency_ratio_to_bare_pipe` at half load (`median`, `p99`)",
        "bare_pipe": "the same; all ratios are null",
        "sizes": "octets by message type; of receipts those of one document",
        "messages_per_document": "of the road, by message type; one receipt may answer several",
        "machine": "as `swb bench` tells it",
    },
    "swb bench adapters": {
        "items": "of each Form D",
        "largest": "items of the largest one",
        "runs": "turns of each side",
        "adapters": "each with `adapter`, `octets` of its payload, `reading` and `writing`, each "
        "with `documents_per_second`, its `runs`, `ratio_to_floor`, `microseconds_an_item` and "
        "`growth` of the largest (null where the format `refused` it, which tells why)",
    },
    "swb bench catch-up": {
        "waiting": "messages that waited",
        "share": "the named one",
        "measured_share": "the part of the time for which the backlog was worked on beside the "
        "others",
        "drained_per_second": "`beside_the_others`, `alone`",
        "in_order_of_age": "whether the backlog arrived in that order, piece by piece",
        "others": "`alone` and `beside_the_backlog`, each with `messages_per_second`, "
        "`median_seconds` and `p95_seconds` from commit to arrival",
        "machine": "`processors`, `python`",
    },
    "swb parked list": {
        "parked": "each with `kind`, `id`, `code`, `actor`, `since`, `partner`, `line`, "
        "`message_id`, `message_type`, `document_id`, `attempts`, `expires_at`, `octets` and "
        "`discarded_at`",
    },
    "swb parked show": {
        "kind": "`outbound`, `delivery`, `held` or `dead-letter`",
        "id": "message id, document id, or digest of the octets, by kind",
        "code": "why it waits",
        "actor": "who must act; null where the code is not known here",
        "meaning": "of the code",
        "advice": "what that actor does",
        "detail": "what was expected and found, where it was noted",
        "since": "since when it waits",
        "partner": "URN of the party at the other end, or the member by whose line it came",
        "line": "the line; null for a delivery",
        "message_id": "of the message, where it is known",
        "message_type": "the same",
        "document_id": "the same",
        "attempts": "how often it was tried",
        "expires_at": "when an outbound message expires",
        "octets": "how many it has; 0 when they were erased. They are not shown",
        "discarded_at": "when a person gave it up",
        "status": "where its document stands",
        "events": "of its document: `at`, `name`, `code`, `message_id`",
        "acts": "what people did with it, by the audit trail: `at`, `who`, `action`, `reason`; "
        "null where no trail can be read",
        "standings": "where the messages that carry its document and its delivery stand, as "
        "`unfinished` of `swb status` has them",
        "can_be_replayed": "whether it can be replayed as it is",
        "hindrance": "why not: `code` and `message`",
    },
    "swb parked replay": {
        "replayed": "what is due again, as in `swb parked list`",
        "left": "what is not: `id`, `code`, `message`",
    },
    "swb parked discard": {
        "discarded": "what was given up, as in `swb parked list`",
        "left": "what was not: `id`, `code`, `message`",
    },
    "swb topology apply": {"members": "states whose line is ready"},
    "swb connections list": {
        "connections": "each with `from`, `to`, `message_type`, `agreement`, `state`, `sealed_as` "
        "(environment; null where nothing may be sent) and `terms`",
    },
    "swb connections report": {
        "pairs": "each with `from`, `to`, `documents`, `compared` and `differing` "
        "(`certificate_key`, `paths`)",
    },
    "swb fingerprints list": {
        "keys": "each with `key_id`, `current_for` and `earlier_for` (states), `documents` and "
        "`fingerprints` (how many are kept under it)",
    },
    "swb fingerprints forget": {
        "key_id": "the key",
        "forgotten": "how many fingerprints were kept under it",
    },
    "swb adapters list": {
        "adapters": "each with `name`, `version`, `distribution`, `distribution_version`, "
        "`provenance`, `state`, `system`, `media_type`, `file_suffix` and `messages` "
        "(`message_type`, `directions`, `loses`)",
        "findings": "findings: plug-ins that cannot be used",
    },
    "swb ledger checkpoint": {
        "verdict": "`accepted`; a refused checkpoint is a failure",
        **_CHECKPOINT,
        "cosigned_here": "with `--config` of a gateway that watches: `size` and `accepted_at` of "
        "the checkpoint that it cosigned last",
        "incidents": "checkpoints that it refused to cosign: `code`, `seen_at`, `proven`; any is a "
        "failure",
    },
    "swb ledger prove": {
        **_INCLUSION,
        "proof": "the file, as text, where `--out` is not given",
    },
    "swb ledger verify": {
        "verdict": "`accepted`; `proven` for a proof that the log misbehaved",
        "kind": "of such a proof: `fork`, `rewrite` or `missing`",
        "meaning": "of such a proof: what it says",
        "checkpoints": "of such a proof: what the log signed",
        "message_id": "of such a proof: the message that is missing, else null",
        "origin": "the log; of a checkpoint and of a proof of inclusion the members of `swb ledger "
        "checkpoint` and `swb ledger prove` stand here",
    },
    "swb ledger audit": {
        "verdict": "`accepted`, or `refused` where something was found",
        "entries": "how many entries were read and computed again",
        "kept_checkpoints": "how many checkpoints that were kept elsewhere were compared",
        "promises": "how many promises of relay receipts were compared",
        "compared_messages": "how many messages of the gateway's own store were compared",
        "latest_size": "entries under the latest checkpoint that the log signed",
        "checkpoint": "the published one, as `swb ledger checkpoint` shows it",
        "proven": "paths of the findings of which there is a proof for others; see `--proofs`",
        "findings": "findings; `path` is a message id, or the size of a checkpoint",
    },
    "swb keys make": {
        "bundle": "path of the trust bundle",
        "environment": "what the keys are for",
        "states": "the states, and `REGION`",
        "roots": "path of each state's root",
        "keys": "paths of each state's private keys",
        "findings": "findings",
    },
    "swb keys show": {
        "subject": "as in RFC 4514",
        "issuer": "as in RFC 4514",
        "serial": "in hexadecimal",
        "party": "URN in the subject's alternative name; null where there is none",
        "may": "`issue`, `sign`, `decrypt`, by key usage",
        "valid_from": "first instant",
        "valid_until": "last instant",
        "thumbprint": "SHA-256 of the certificate; its name in lists and logs",
        "key_thumbprint": "RFC 7638; a decryption key's name in messages",
        "listed": "with `--trust`: `party`, `purpose`, `from`, `until`; else null",
        "findings": "findings",
    },
}
