// Makes what the other modules read: seals a document, signs a message. The signature is xml-crypto's.
import { createHash, sign, verify } from "node:crypto";
import { SignedXml } from "xml-crypto";
import { canonical, demandCanonical, escapeText, escapeValue } from "./canonicalisation.mjs";
import { TYPES } from "./catalogue.mjs";
import { isObject } from "./json.mjs";
import * as message from "./message.mjs";
import { octetsOf, textOf } from "./octets.mjs";
import { makeJwe, thumbprint } from "./protection.mjs";
import * as sealed from "./sealed.mjs";
import * as shape from "./signature.mjs";
import { commitmentUri } from "./signature.mjs";
import { Refusal, refuse } from "./verdict.mjs";
import { parseXml } from "./xml.mjs";

/** ECDSA values as XML has them (RFC 6931, 2.3.6); the library leaves this algorithm to others. */
class EcdsaSha256 {
  getAlgorithmName = () => shape.ECDSA_SHA256;
  getSignature = (info, key) =>
    sign("sha256", Buffer.from(info), { key, dsaEncoding: "ieee-p1363" }).toString("base64");
  verifySignature = (info, key, value) =>
    verify("sha256", Buffer.from(info), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(value, "base64"));
}

function qualifyingProperties(certificate, time, commitment) {
  const digest = createHash("sha256").update(certificate.raw).digest("base64");
  return (
    `<xades:QualifyingProperties xmlns:xades="${shape.XADES}" xmlns:ds="${shape.DS}" Target="#Signature">` +
    '<xades:SignedProperties Id="SignedProperties"><xades:SignedSignatureProperties>' +
    `<xades:SigningTime>${time}</xades:SigningTime>` +
    "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>" +
    `<ds:DigestMethod Algorithm="${shape.SHA256}"/><ds:DigestValue>${digest}</ds:DigestValue>` +
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>" +
    "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>" +
    '<xades:DataObjectFormat ObjectReference="#Content">' +
    "<xades:MimeType>application/xml</xades:MimeType></xades:DataObjectFormat>" +
    "<xades:CommitmentTypeIndication><xades:CommitmentTypeId>" +
    `<xades:Identifier>${commitmentUri(commitment)}</xades:Identifier></xades:CommitmentTypeId>` +
    "<xades:AllSignedDataObjects/></xades:CommitmentTypeIndication>" +
    "</xades:SignedDataObjectProperties></xades:SignedProperties></xades:QualifyingProperties>"
  );
}

/** Sign a file; `place` is an XPath of the element that the signature closes. */
function addSignature(xml, place, { key, certificate, time, commitment }) {
  const tool = new SignedXml({
    signatureAlgorithm: shape.ECDSA_SHA256,
    canonicalizationAlgorithm: shape.EXC_C14N,
    idAttributes: ["Id"],
    privateKey: key,
    publicCert: certificate.toString(),
    objects: [{ content: qualifyingProperties(certificate, time, commitment) }],
  });
  tool.SignatureAlgorithms = { [shape.ECDSA_SHA256]: EcdsaSha256 };
  tool.addReference({
    id: "Content",
    xpath: "/*",
    uri: "",
    isEmptyUri: true,
    digestAlgorithm: shape.SHA256,
    transforms: [shape.ENVELOPED, shape.EXC_C14N],
  });
  tool.addReference({
    type: shape.SIGNED_PROPERTIES,
    xpath: "//*[local-name(.)='SignedProperties']",
    uri: "#SignedProperties",
    digestAlgorithm: shape.SHA256,
    transforms: [shape.EXC_C14N],
  });
  tool.computeSignature(xml, {
    prefix: "ds",
    attrs: { Id: "Signature" },
    location: { reference: place, action: "append" },
  });
  return octetsOf(canonical(parseXml(octetsOf(tool.getSignedXml())).root));
}

const element = (name, content, attributes = {}) => {
  const said = Object.entries(attributes).map(([each, value]) => ` ${each}="${escapeValue(value)}"`);
  return `<${name}${said.join("")}>${content}</${name}>`;
};

const SIMPLE = [
  "DocumentId",
  "MessageType",
  "MessageTypeVersion",
  "Agreement",
  "Profile",
  "Edition",
  "IssuingParty",
  "ReceivingParty",
  "RecipientKey",
  "CertificateKey",
  "ConversationId",
  "Revision",
  "Environment",
  "SealedAt",
  "ValidFrom",
  "ValidUntil",
];
const GROUPS = { Source: ["PayloadDigest", "Adapter"], Answers: ["DocumentId", "DocumentDigest"] };

const invalid = (field) => refuse("document.invalid", `expected another ${field} in the header`);

/** An element of text, or of text and attributes, as a request tells it. */
function field(name, told) {
  if (typeof told === "string") return element(name, escapeText(told));
  if (!isObject(told)) return invalid(name);
  const { value, ...attributes } = told;
  if (![value, ...Object.values(attributes)].every((each) => typeof each === "string")) invalid(name);
  return element(name, escapeText(value), attributes);
}

function group(name, names, told) {
  if (!isObject(told)) return invalid(name);
  const unknown = Object.keys(told).find((each) => !names.includes(each));
  if (unknown !== undefined) return invalid(unknown);
  const parts = names
    .filter((each) => told[each] !== undefined && told[each] !== null)
    .map((each) => (each in GROUPS ? group(each, GROUPS[each], told[each]) : field(each, told[each])));
  return element(name, parts.join(""));
}

function sealHeader({ Revision, ...told }) {
  if (!Number.isInteger(Revision)) invalid("Revision");
  return group("SealHeader", [...SIMPLE, ...Object.keys(GROUPS)], { ...told, Revision: String(Revision) });
}

/** The same refusal under the code that whoever makes something is told. */
function translated(make, codes) {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refusal && error.code in codes) refuse(codes[error.code], error.message);
    throw error;
  }
}

/** A sealed document of a canonical document. */
export function seal(document, fields, key, certificate) {
  demandCanonical(parseXml(document));
  const type = TYPES.get(fields.MessageType) ?? refuse("catalogue.unknown_type");
  const attributes = { xmlns: sealed.NAMESPACE, version: "1.0" };
  const xml = element("SealedDocument", sealHeader(fields) + textOf(document), attributes);
  const how = { key, certificate, time: fields.SealedAt, commitment: type.commitment };
  const octets = addSignature(xml, "/*", how);
  translated(() => sealed.demandSealed(octets), { "signature.shape": "document.invalid" });
  return octets;
}

const SCOPES = ["ENVIRONMENT", "CONVERSATION", "DOCUMENT", "EXPIRES", "RETRANSMISSION_OF", "CORRELATION"];
const IDENTIFICATION = ["TypeVersion", "InstanceIdentifier", "Type", "CreationDateAndTime"];

function messageHeader(fields) {
  const known = ["Sender", "Receiver", ...IDENTIFICATION, ...SCOPES];
  const fits = Object.entries(fields).every(
    ([name, value]) => known.includes(name) && (typeof value === "string" || value === null),
  );
  if (!fits) refuse("message.header", "expected the fields of a message's header, as texts");
  const said = (name) => escapeText(fields[name] ?? "");
  const partner = (name) =>
    element(name, element("Identifier", said(name), { Authority: "urn:swb:party" }));
  const identification = IDENTIFICATION.map((name) => element(name, said(name)));
  const scopes = SCOPES.filter((name) => fields[name]).map((name) => {
    const repeated = element("RequestingDocumentInstanceIdentifier", said(name));
    const more = name === "CORRELATION" ? element("CorrelationInformation", repeated) : "";
    return element("Scope", element("Type", name) + element("InstanceIdentifier", said(name)) + more);
  });
  return element(
    "StandardBusinessDocumentHeader",
    element("HeaderVersion", "1.0") +
      partner("Sender") +
      partner("Receiver") +
      element("DocumentIdentification", element("Standard", message.NAMESPACE) + identification.join("")) +
      element("BusinessScope", scopes.join("")),
  );
}

/** A message that carries a sealed document, in clear or encrypted for a recipient's key. */
export async function signMessage(octets, fields, key, certificate, recipient) {
  sealed.demandSealed(octets);
  const body = recipient
    ? element("EncryptedContent", await makeJwe(octets, recipient), { recipientKey: await thumbprint(recipient) })
    : element("Content", octets.toString("base64"));
  const exchange = element("Exchange", body, { xmlns: message.NAMESPACE, version: "1.0" });
  const xml = element("StandardBusinessDocument", messageHeader(fields) + exchange, { xmlns: message.SBDH });
  const how = { key, certificate, time: fields.CreationDateAndTime, commitment: "sender" };
  const signed = addSignature(xml, "/*/*[local-name(.)='Exchange']", how);
  const codes = ["signature.shape", "xml.schema", "xml.not_canonical"];
  translated(() => message.readMessage(signed), Object.fromEntries(codes.map((each) => [each, "message.header"])));
  return signed;
}
