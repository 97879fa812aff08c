// What XSD 1.0 cannot state of a document: the table of section Values, below the level of spelling.
import { parseInstant } from "./octets.mjs";
import { demand } from "./verdict.mjs";
import { descend } from "./xml.mjs";

const invalid = (holds, what) => demand(holds, "document.invalid", what);
const once = (values) => new Set(values).size === values.length;
const has = (element, name) => element.elements(name).length > 0;

function numberedOnce(root) {
  const numbers = root.elements("Item").map((each) => each.text("SequenceNumber"));
  invalid(once(numbers), "an item number stands twice");
}

function originCriterion(criterion) {
  const bases = criterion.elements("Basis").map((each) => each.content);
  const stands = has(criterion, "Percentage");
  invalid(once(bases), "a basis stands twice");
  invalid(!stands || bases.includes("RVC") || bases.includes("PC"), "a percentage of no basis");
  invalid(stands || !bases.includes("PC"), "PC without a percentage");
}

const rules = {
  CertificateOfOrigin: (root) => {
    numberedOnce(root);
    root.elements("Item").flatMap((each) => each.elements("OriginCriterion")).forEach(originCriterion);
  },
  DeclarationExtract: numberedOnce,
  CertificateOfConformity: numberedOnce,
  CleanReportOfFindings: numberedOnce,
  CustomsReceipt: (root) =>
    invalid(root.text("Outcome") !== "NOT" || has(root, "Reason"), "NOT without a reason"),
  CustomsResponse: (root) => {
    numberedOnce(root);
    const items = root.elements("Item");
    const decisions = items.map((each) => each.text("Decision"));
    const rolled = decisions.includes("NOT_GIVEN")
      ? "NOT_GIVEN"
      : decisions.every((each) => each === "GIVEN")
        ? "GIVEN"
        : "PENDING";
    // Whether it is silent on items of the certificate cannot be seen here: then it says PENDING.
    const said = root.text("Decision");
    invalid(said === rolled, "a decision that is not the items'");
    for (const each of items) {
      invalid(each.text("Decision") !== "NOT_GIVEN" || has(each, "Reason"), "NOT_GIVEN without a reason");
    }
  },
  Cancellation: (root) => {
    const [subject, replacement] = ["Subject", "Replacement"].map((name) =>
      root.elements(name)[0]?.elements().map((each) => each.content).join("\n"),
    );
    invalid(subject !== replacement, "a replacement by itself");
  },
  CancellationReply: (root) =>
    invalid(!has(root, "DeclarationNumber") || root.text("Outcome") === "UTILISED", "a declaration"),
  VerificationRequest: (root) =>
    invalid(root.text("Ground") !== "DOUBT" || has(root, "Doubt"), "DOUBT without a doubt"),
  VerificationOutcome: (root) =>
    invalid(root.text("Result") !== "DENIED" || has(root, "Reason"), "DENIED without a reason"),
  TransportAck: (root) => root.elements("Acknowledged").forEach(acknowledged),
  RelayReceipt: (root) => root.elements("Relayed").forEach(acknowledged),
  RetransmissionReply: (root) => {
    for (const each of root.elements("Answered")) {
      invalid(!has(each, "MessageId") || each.text("Outcome") === "SENT", "a message that was not sent");
    }
  },
  OutageNotice: (root) => {
    const until = root.text("Until");
    const holds = until === undefined || parseInstant(until) > parseInstant(root.text("From"));
    invalid(holds, "an outage that ends before it begins");
  },
};

function acknowledged(entry) {
  const refused = entry.text("Outcome") === "REFUSED";
  invalid(refused === has(entry, "Code"), "a code stands with REFUSED, and with it only");
}

/** Refuse a document, valid by its XSD, whose values cannot be: `document.invalid`. */
export function demandValues(root) {
  rules[root.local]?.(root);
}

/** How many items a document has, whatever its type. */
export function countItems(root) {
  let items = 0;
  for (const each of descend(root)) if (each.local === "Item" && each.parent === root) items += 1;
  return items;
}
