// A sealed document: the steps S1 to S13.
import { demandCanonical } from "./canonicalisation.mjs";
import { TYPES, factsOf } from "./catalogue.mjs";
import { parseParty } from "./lists.mjs";
import { CLOCKS, octetsOf, parseInstant } from "./octets.mjs";
import { demandValid } from "./schema.mjs";
import { DS, checkValue, commitmentUri, readSignature } from "./signature.mjs";
import { demandSpelling, demandUnderstood } from "./spelling.mjs";
import { demandEnvironment, demandStanding } from "./standing.mjs";
import { countItems, demandValues } from "./values.mjs";
import { demand, refuse } from "./verdict.mjs";
import { parseXml } from "./xml.mjs";

export const NAMESPACE = "urn:swb:sealed-document:1";
const MOST_OCTETS = 7_000_000;
const MOST_ITEMS = 5_000;

/** The seal header's fields; an element with parts is an object. */
function readHeader(element) {
  const fields = element.elements().map((each) => [
    each.local,
    each.elements().length ? readHeader(each) : each.content,
  ]);
  return Object.fromEntries(fields);
}

function readParts(octets) {
  demand(octets.length <= MOST_OCTETS, "document.too_large");
  const file = parseXml(octets);
  demandCanonical(file);
  const { root } = file;
  demand(root.local === "SealedDocument" && root.uri === NAMESPACE, "sealed.not_a_sealed_document");
  const inside = root.elements();
  const document = inside.find((each) => each.uri !== NAMESPACE && each.uri !== DS);
  demand(document === undefined || countItems(document) <= MOST_ITEMS, "document.too_many_items");
  return { file, document };
}

function demandRoles(header, type) {
  const [issuing, receiving] = [header.IssuingParty, header.ReceivingParty].map(parseParty);
  const fit = issuing.role === type.by && type.receivers.includes(receiving.role);
  const routers = [issuing, receiving].every((each) => (each.role === "router") === (each.state === "REGION"));
  demand(fit && routers, "party.wrong_role");
  return [issuing, receiving];
}

/** Whether the header says what the document says (S12). */
function demandAgreement(header, facts, [issuing, receiving]) {
  const pairs = [
    [header.MessageTypeVersion, facts.version],
    [header.Agreement, facts.agreement],
    [header.Edition, facts.edition],
    [header.CertificateKey, facts.key],
    [header.Revision, facts.revision],
    [issuing.state, facts.issuer ?? issuing.state],
    [receiving.state, facts.importer ?? receiving.state],
    [header.ValidFrom, header.ValidFrom === undefined ? undefined : facts.issued],
    [header.ValidUntil, facts.issued ? header.ValidUntil : undefined],
  ];
  for (const [said, meant] of pairs) demand(said === meant, "seal.disagrees", `${said}: ${meant}`);
}

/** What can be said of a sealed document without trust: its parts and its shape (S1 to S4). */
function readSealed(octets) {
  const { file, document } = readParts(octets);
  const { root, text } = file;
  const signature = readSignature(file, root);
  demandValid(text, "sealed-document-1.xsd");
  demandSpelling(root, "document.invalid", (each) => each === document || each.uri === DS);
  const header = readHeader(root.elements("SealHeader")[0]);
  const { ValidFrom, ValidUntil } = header;
  const ordered = ValidFrom === undefined || ValidUntil === undefined || ValidFrom <= ValidUntil;
  demand(ordered, "document.invalid", "a validity that ends before it begins");
  return { signature, header, document, text: text.slice(document.start, document.end) };
}

function demandType(document, type) {
  const named = document.local === type.element && document.uri === type.namespace;
  demand(named, "seal.disagrees", "a document of another type");
}

/** The document itself, and whether the header says the same (S11, S12). */
function demandDocument({ header, document, text }, type, parties) {
  demandType(document, type);
  demandValid(text, type.xsd);
  demandSpelling(document, "document.invalid");
  demandValues(document);
  demandAgreement(header, factsOf(document, type), parties);
}

/** Whether a sealed document could be accepted by somebody; for who makes or carries one. */
export function demandSealed(octets) {
  const read = readSealed(octets);
  const type = TYPES.get(read.header.MessageType) ?? refuse("catalogue.unknown_type");
  demandType(read.document, type);
  demandDocument(read, type, demandRoles(read.header, type));
}

/** Verify a sealed document at a moment, by a trust bundle that was verified. */
export function verifySealed(octets, trust, at) {
  const read = readSealed(octets);
  const { signature, header } = read;
  demandEnvironment(trust, header.Environment);
  const type = TYPES.get(header.MessageType) ?? refuse("catalogue.unknown_type");
  const parties = demandRoles(header, type);
  const { signedAt } = signature;
  const signer = { party: parties[0], purpose: type.purpose, der: signature.certificate };
  const certificate = demandStanding(trust, { ...signer, moments: [signedAt], at });
  checkValue(signature, certificate.key);
  demand(signature.commitment === commitmentUri(type.commitment), "signature.commitment");
  demand(signedAt === parseInstant(header.SealedAt), "signature.time");
  demand(signedAt <= at + CLOCKS, "seal.not_yet_valid");
  demandDocument(read, type, parties);
  demandUnderstood(read.document);
  return {
    octets,
    header,
    document: octetsOf(read.text),
    described: {
      document_id: header.DocumentId,
      message_type: header.MessageType,
      digest: signature.digest,
      signer: header.IssuingParty,
      purpose: type.purpose,
      commitment: signature.commitment,
    },
  };
}
