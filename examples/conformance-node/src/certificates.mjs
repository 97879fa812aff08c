// X.509 certificates of the wire: P-256, roots and leaves, and the path between them.
import { X509Certificate } from "node:crypto";
import { Value } from "./der.mjs";
import { digestText } from "./octets.mjs";
import { demand, refuse } from "./verdict.mjs";

const MOST_OCTETS = 16_384;
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
/** Extensions that may be critical: their meaning is kept here, or none of it matters. */
const KNOWN = new Set([BASIC_CONSTRAINTS, KEY_USAGE, "2.5.29.17", "2.5.29.37"]);
const BITS = { digitalSignature: 0, keyAgreement: 4, keyCertSign: 5 };

/** A certificate that was read; `key` is its public key. */
export class Certificate {
  /** Read DER, or refuse it as `certificate.malformed` or `certificate.key`. */
  constructor(der) {
    demand(der.length <= MOST_OCTETS, "certificate.malformed", "too large");
    try {
      this.#read(der);
    } catch {
      refuse("certificate.malformed", "expected X.509 in DER");
    }
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = this.key;
    demand(type === "ec" && details.namedCurve === "prime256v1", "certificate.key", "expected P-256");
  }

  #read(der) {
    const whole = new Value(der);
    if (whole.octets.length !== der.length) throw new Error("something stands behind it");
    const [body, algorithm] = whole.members;
    const fields = body.members;
    if (fields[0].tag === 0xa0) fields.shift();
    const [, , issuer, validity, subject] = fields;
    this.der = der;
    this.digest = digestText(der);
    this.algorithm = algorithm.members[0].oid;
    this.issuer = issuer.octets;
    this.subject = subject.octets;
    [this.from, this.until] = validity.members.map((each) => each.time);
    this.extensions = this.#extensions(fields.find((each) => each.tag === 0xa3));
    this.x509 = new X509Certificate(der);
    this.key = this.x509.publicKey;
    this.isAuthority = this.#basic()[0]?.content[0] === 0xff;
    const length = this.#basic()[1];
    this.pathLength = length === undefined ? Infinity : length.content.readUIntBE(0, length.content.length);
  }

  #extensions(field) {
    const found = new Map();
    for (const each of field === undefined ? [] : new Value(field.content).members) {
      const members = each.members;
      const critical = members.length === 3 && members[1].content[0] === 0xff;
      if (found.has(members[0].oid)) throw new Error("an extension stands twice");
      found.set(members[0].oid, { critical, value: members.at(-1).content });
    }
    return found;
  }

  #basic() {
    const found = this.extensions.get(BASIC_CONSTRAINTS);
    return found === undefined ? [] : new Value(found.value).members;
  }

  /** Whether its key usage names a use. */
  may(use) {
    const found = this.extensions.get(KEY_USAGE);
    return found !== undefined && new Value(found.value).bit(BITS[use]);
  }

  /** Whether it says nothing critical that is not understood here. */
  get isUnderstood() {
    return [...this.extensions].every(([oid, { critical }]) => !critical || KNOWN.has(oid));
  }

  /** Whether another certificate issued this one. */
  isIssuedBy(other) {
    return (
      other.isAuthority &&
      other.may("keyCertSign") &&
      this.issuer.equals(other.subject) &&
      this.algorithm === ECDSA_WITH_SHA256 &&
      this.x509.verify(other.key)
    );
  }

  get isRoot() {
    return this.isUnderstood && this.isIssuedBy(this);
  }
}

/** The certificates from a leaf to one of the roots, over one authority at most; null where none is. */
export function findPath(leaf, authorities, roots) {
  if (leaf.isAuthority || !leaf.isUnderstood) return null;
  for (const root of roots) {
    if (leaf.isIssuedBy(root)) return [leaf, root];
    for (const authority of authorities) {
      const stands = authority.isUnderstood && !authority.isRoot && root.pathLength >= 1;
      if (stands && leaf.isIssuedBy(authority) && authority.isIssuedBy(root)) {
        return [leaf, authority, root];
      }
    }
  }
  return null;
}
