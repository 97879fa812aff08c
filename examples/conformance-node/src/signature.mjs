// The one shape of a signature, as docs/reference/wire.md prints it: read, and its digests and its
// value checked. Since a file is its own canonical form, the shape is a text with ten holes.
import { verify } from "node:crypto";
import { canonical } from "./canonicalisation.mjs";
import { fromBase64, octetsOf, parseInstant, sha256 } from "./octets.mjs";
import { demand, refuse } from "./verdict.mjs";
import { descend } from "./xml.mjs";

export const DS = "http://www.w3.org/2000/09/xmldsig#";
export const XADES = "http://uri.etsi.org/01903/v1.3.2#";
export const EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
export const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
export const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
export const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
export const SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties";
const COMMITMENTS = "http://uri.etsi.org/01903/v1.2.2#ProofOf";
const KNOWN = ["Origin", "Receipt", "Sender", "Approval"].map((each) => COMMITMENTS + each);

/** The URI of a commitment such as `approval`. */
export const commitmentUri = (kind) => COMMITMENTS + kind[0].toUpperCase() + kind.slice(1);

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?Z$/;

const digested = (name) =>
  `<ds:DigestMethod Algorithm="{${name}Algorithm}"></ds:DigestMethod><ds:DigestValue>{${name}}</ds:DigestValue>`;
const transform = (uri) => `<ds:Transform Algorithm="${uri}"></ds:Transform>`;

const SHAPE = [
  `<ds:Signature xmlns:ds="${DS}" Id="Signature"><ds:SignedInfo>`,
  `<ds:CanonicalizationMethod Algorithm="${EXC_C14N}"></ds:CanonicalizationMethod>`,
  '<ds:SignatureMethod Algorithm="{signatureAlgorithm}"></ds:SignatureMethod>',
  `<ds:Reference Id="Content" URI=""><ds:Transforms>${transform(ENVELOPED)}${transform(EXC_C14N)}</ds:Transforms>`,
  `${digested("content")}</ds:Reference>`,
  `<ds:Reference Type="${SIGNED_PROPERTIES}" URI="#SignedProperties">`,
  `<ds:Transforms>${transform(EXC_C14N)}</ds:Transforms>${digested("properties")}</ds:Reference>`,
  "</ds:SignedInfo><ds:SignatureValue>{value}</ds:SignatureValue>",
  "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
  `<ds:Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#Signature">`,
  '<xades:SignedProperties Id="SignedProperties"><xades:SignedSignatureProperties>',
  "<xades:SigningTime>{time}</xades:SigningTime>",
  `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${digested("certificateDigest")}`,
  "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>",
  '<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#Content">',
  "<xades:MimeType>application/xml</xades:MimeType></xades:DataObjectFormat>",
  "<xades:CommitmentTypeIndication><xades:CommitmentTypeId><xades:Identifier>{commitment}</xades:Identifier>",
  "</xades:CommitmentTypeId><xades:AllSignedDataObjects></xades:AllSignedDataObjects>",
  "</xades:CommitmentTypeIndication></xades:SignedDataObjectProperties></xades:SignedProperties>",
  "</xades:QualifyingProperties></ds:Object></ds:Signature>",
].join("");

const PATTERN = new RegExp(
  `^${SHAPE.split(/(\{\w+\})/)
    .map((part) =>
      part.startsWith("{")
        ? `(?<${part.slice(1, -1)}>[^<>"&]*)`
        : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    )
    .join("")}$`,
);

function findSignature(root, place) {
  const found = [...descend(root)].filter((each) => each.uri === DS && each.local === "Signature");
  demand(found.length > 0, "signature.missing");
  demand(found.length === 1, "signature.multiple");
  demand(place !== undefined && place.children.at(-1) === found[0], "signature.misplaced");
  return found[0];
}

/**
 * Read the one signature of a canonical file and check its three digests (M3, S3).
 *
 * `place` is the element that it has to close.
 */
export function readSignature({ text, root }, place) {
  const element = findSignature(root, place);
  const holes = PATTERN.exec(text.slice(element.start, element.end))?.groups;
  demand(holes !== undefined, "signature.shape");
  const methods = [holes.contentAlgorithm, holes.propertiesAlgorithm, holes.certificateDigestAlgorithm];
  demand(
    holes.signatureAlgorithm === ECDSA_SHA256 && methods.every((each) => each === SHA256),
    "signature.algorithm",
  );
  const octets = (name, length) => {
    const read = fromBase64(holes[name]);
    const fits = read !== null && (length === undefined ? read.length > 0 : read.length === length);
    return fits ? read : refuse("signature.shape", `expected base64 in ${name}`);
  };
  const value = octets("value");
  const certificate = octets("certificate");
  const stated = ["certificateDigest", "properties", "content"].map((name) => octets(name, 32));
  demand(TIME.test(holes.time), "signature.shape", "expected an instant");

  const properties = [...descend(element)].find((each) => each.local === "SignedProperties");
  const content = octetsOf(text.slice(0, element.start) + text.slice(element.end));
  demand(sha256(certificate).equals(stated[0]), "signature.certificate_digest");
  demand(sha256(octetsOf(canonical(properties))).equals(stated[1]), "signature.properties_digest");
  demand(sha256(content).equals(stated[2]), "signature.content_digest");
  const signedAt = parseInstant(holes.time);
  demand(signedAt !== null, "signature.shape", "expected an instant");
  demand(KNOWN.includes(holes.commitment), "signature.commitment", "expected a known commitment");
  return {
    element,
    certificate,
    signedAt,
    commitment: holes.commitment,
    value,
    signed: octetsOf(canonical(element.elements("SignedInfo")[0])),
    digest: `sha-256:${stated[2].toString("hex")}`,
  };
}

/** Check the value by a public key (M7, S8). */
export function checkValue(signature, publicKey) {
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" };
  const holds = signature.value.length === 64 && verify("sha256", signature.signed, key, signature.value);
  demand(holds, "signature.value");
}
