// Protected bodies: a compact JWE of the one form, by jose.
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { CompactEncrypt, calculateJwkThumbprint, compactDecrypt } from "jose";
import { parseJson, record, text, words } from "./json.mjs";
import { fromBase64Url, textOf } from "./octets.mjs";
import { demand, refuse } from "./verdict.mjs";

const MOST_HEADER = 1_024;
const COORDINATE = text(/^[A-Za-z0-9_-]{43}$/);
const HEADER = record({
  alg: words("ECDH-ES"),
  enc: words("A256GCM"),
  epk: record({ kty: words("EC"), crv: words("P-256"), x: COORDINATE, y: COORDINATE }),
  kid: COORDINATE,
});

/** RFC 7638 thumbprint of a public or private key. */
export const thumbprint = (key) => calculateJwkThumbprint(key.export({ format: "jwk" }), "sha256");

/** Check the form of a body and tell the `kid` that it is for (M12). */
export function readJwe(jwe) {
  const parts = jwe.split(".");
  demand(parts.length === 5, "encryption.malformed", "expected five parts");
  const octets = parts.map(fromBase64Url);
  demand(octets.every((each) => each !== null), "encryption.malformed", "expected base64url");
  const [protectedHeader, wrappedKey, ...rest] = octets;
  const fits = wrappedKey.length === 0 && rest.every((each) => each.length > 0);
  demand(fits && protectedHeader.length <= MOST_HEADER, "encryption.malformed", "the lengths of its parts");
  const header = parseJson(textOf(protectedHeader) ?? "");
  demand(HEADER(header), "encryption.malformed", "expected alg, enc, epk and kid");
  return header.kid;
}

/** Private keys of a recipient, by their thumbprints. */
export async function readKeys(pems) {
  const keys = pems.map((each) => createPrivateKey(each));
  const named = keys.map(async (key) => [await thumbprint(key), key]);
  return new Map(await Promise.all(named));
}

/** Open a body; whatever does not open is `encryption.failed`. */
export async function openJwe(jwe, key) {
  const options = { keyManagementAlgorithms: ["ECDH-ES"], contentEncryptionAlgorithms: ["A256GCM"] };
  try {
    return Buffer.from((await compactDecrypt(jwe, key, options)).plaintext);
  } catch {
    return refuse("encryption.failed", "it does not open");
  }
}

/** The public key of a recipient, told as a certificate or as a key, in PEM. */
export function readRecipient(pem) {
  const isCertificate = pem.includes("BEGIN CERTIFICATE");
  return isCertificate ? new X509Certificate(pem).publicKey : createPublicKey(pem);
}

/** Octets, encrypted for a public key. */
export async function makeJwe(octets, key) {
  return await new CompactEncrypt(octets)
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM", kid: await thumbprint(key) })
    .encrypt(key);
}
