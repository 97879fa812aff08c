// Makes what the other modules read: seals a document, signs a message. The signature is xml-crypto's.
import { createHash, sign, verify, X509Certificate } from "node:crypto";
import { SignedXml } from "xml-crypto";
import { canonical, escapeText, escapeValue } from "./canonicalisation.mjs";
import { TYPES } from "./catalogue.mjs";
import * as message from "./message.mjs";
import { octetsOf, textOf } from "./octets.mjs";
import { makeJwe, thumbprint } from "./protection.mjs";
import * as sealed from "./sealed.mjs";
import * as shape from "./signature.mjs";
import { refuse } from "./verdict.mjs";
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
    `<xades:Identifier>${shape.commitmentUri(commitment)}</xades:Identifier></xades:CommitmentTypeId>` +
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

const digest = (name, text) => {
  const [algorithm, hex] = text.split(":");
  if (algorithm !== "sha-256") refuse("document.invalid", "expected a digest by SHA-256");
  return element(name, Buffer.from(hex, "hex").toString("base64"), { algorithm: shape.SHA256 });
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

function sealHeader(fields) {
  const parts = SIMPLE.filter((name) => fields[name] !== undefined && fields[name] !== null).map(
    (name) => element(name, escapeText(String(fields[name]))),
  );
  const { Source: source, Answers: answers } = fields;
  if (source) {
    const adapter = element("Adapter", escapeText(source.Adapter.Name), { version: source.Adapter.Version });
    parts.push(element("Source", digest("PayloadDigest", source.PayloadDigest) + adapter));
  }
  if (answers) {
    const id = element("DocumentId", escapeText(answers.DocumentId));
    parts.push(element("Answers", id + digest("DocumentDigest", answers.DocumentDigest)));
  }
  return element("SealHeader", parts.join(""));
}

/** A sealed document of a canonical document. */
export function seal(document, fields, key, certificate) {
  const type = TYPES.get(fields.MessageType) ?? refuse("catalogue.unknown_type");
  const attributes = { xmlns: sealed.NAMESPACE, version: "1.0" };
  const xml = element("SealedDocument", sealHeader(fields) + textOf(document), attributes);
  const how = { key, certificate, time: fields.SealedAt, commitment: type.commitment };
  return addSignature(xml, "/*", how);
}

function messageHeader(fields) {
  const partner = (name) =>
    element(name, element("Identifier", escapeText(fields[name]), { Authority: "urn:swb:party" }));
  const identification = [
    ["Standard", message.NAMESPACE],
    ["TypeVersion", fields.TypeVersion],
    ["InstanceIdentifier", fields.InstanceIdentifier],
    ["Type", fields.Type],
    ["CreationDateAndTime", fields.CreationDateAndTime],
  ].map(([name, value]) => element(name, escapeText(value)));
  const scopes = ["ENVIRONMENT", "CONVERSATION", "DOCUMENT", "EXPIRES", "RETRANSMISSION_OF", "CORRELATION"]
    .filter((name) => fields[name])
    .map((name) => {
      const id = escapeText(fields[name]);
      const repeated = element("RequestingDocumentInstanceIdentifier", id);
      const more = name === "CORRELATION" ? element("CorrelationInformation", repeated) : "";
      return element("Scope", element("Type", name) + element("InstanceIdentifier", id) + more);
    });
  return element(
    "StandardBusinessDocumentHeader",
    element("HeaderVersion", "1.0") +
      partner("Sender") +
      partner("Receiver") +
      element("DocumentIdentification", identification.join("")) +
      element("BusinessScope", scopes.join("")),
  );
}

/** A message that carries a sealed document, in clear or encrypted for a recipient's key. */
export async function signMessage(octets, fields, key, certificate, recipient) {
  const body = recipient
    ? element("EncryptedContent", await makeJwe(octets, recipient), { recipientKey: await thumbprint(recipient) })
    : element("Content", octets.toString("base64"));
  const exchange = element("Exchange", body, { xmlns: message.NAMESPACE, version: "1.0" });
  const xml = element("StandardBusinessDocument", messageHeader(fields) + exchange, { xmlns: message.SBDH });
  const how = { key, certificate, time: fields.CreationDateAndTime, commitment: "sender" };
  return addSignature(xml, "//*[local-name(.)='Exchange']", how);
}

/** A certificate of a request: PEM or DER. */
export const readCertificate = (octets) => new X509Certificate(octets);
