// XML-DSig by xml-crypto, which shares no line of code with this project: verifies a file, or signs
// one in the shape of docs/reference/wire.md.
import * as crypto from "node:crypto";
import { SignedXml } from "xml-crypto";

const DS = "http://www.w3.org/2000/09/xmldsig#";
const XADES = "http://uri.etsi.org/01903/v1.3.2#";
const EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
const SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties";

/** ECDSA values as XML has them (RFC 6931, 2.3.6); the library leaves this algorithm to others. */
class EcdsaSha256 {
  getAlgorithmName = () => ECDSA_SHA256;
  getSignature = (info, key) =>
    crypto.sign("sha256", Buffer.from(info), { key, dsaEncoding: "ieee-p1363" }).toString("base64");
  verifySignature = (info, key, value) =>
    crypto.verify(
      "sha256",
      Buffer.from(info),
      { key, dsaEncoding: "ieee-p1363" },
      Buffer.from(value, "base64"),
    );
}

function tool(options) {
  const signed = new SignedXml({
    signatureAlgorithm: ECDSA_SHA256,
    canonicalizationAlgorithm: EXC_C14N,
    idAttributes: ["Id"],
    ...options,
  });
  signed.SignatureAlgorithms = { [ECDSA_SHA256]: EcdsaSha256 };
  return signed;
}

/** Whether the one signature of a file holds by the key of a certificate. */
export function verify({ xml, certificate }) {
  const start = xml.indexOf("<ds:Signature ");
  const end = xml.indexOf("</ds:Signature>") + "</ds:Signature>".length;
  const signed = tool({ publicCert: certificate });
  signed.loadSignature(xml.slice(start, end));
  return signed.checkSignature(xml);
}

/** Sign a file; `place` is an XPath of the element that the signature closes. */
export function sign({ xml, place, key, certificate, time, commitment }) {
  const der = new crypto.X509Certificate(certificate).raw;
  const digest = crypto.createHash("sha256").update(der).digest("base64");
  const properties =
    `<xades:QualifyingProperties xmlns:xades="${XADES}" xmlns:ds="${DS}" Target="#Signature">` +
    '<xades:SignedProperties Id="SignedProperties"><xades:SignedSignatureProperties>' +
    `<xades:SigningTime>${time}</xades:SigningTime>` +
    "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>" +
    `<ds:DigestMethod Algorithm="${SHA256}"/><ds:DigestValue>${digest}</ds:DigestValue>` +
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>" +
    "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>" +
    '<xades:DataObjectFormat ObjectReference="#Content">' +
    "<xades:MimeType>application/xml</xades:MimeType></xades:DataObjectFormat>" +
    "<xades:CommitmentTypeIndication><xades:CommitmentTypeId>" +
    `<xades:Identifier>${commitment}</xades:Identifier></xades:CommitmentTypeId>` +
    "<xades:AllSignedDataObjects/></xades:CommitmentTypeIndication>" +
    "</xades:SignedDataObjectProperties></xades:SignedProperties></xades:QualifyingProperties>";
  const signed = tool({
    privateKey: key,
    publicCert: certificate,
    objects: [{ content: properties }],
  });
  signed.addReference({
    id: "Content",
    xpath: "/*",
    uri: "",
    isEmptyUri: true,
    digestAlgorithm: SHA256,
    transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", EXC_C14N],
  });
  signed.addReference({
    type: SIGNED_PROPERTIES,
    xpath: `//*[local-name(.)='SignedProperties']`,
    uri: "#SignedProperties",
    digestAlgorithm: SHA256,
    transforms: [EXC_C14N],
  });
  signed.computeSignature(xml, {
    prefix: "ds",
    attrs: { Id: "Signature" },
    location: { reference: place, action: "append" },
  });
  return signed.getSignedXml();
}
