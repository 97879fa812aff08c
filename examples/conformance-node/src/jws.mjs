// JWS in the General JSON Serialization, in the one form that lists and root statements have.
import { flattenedVerify } from "jose";
import { list, parseJson, record, text, words } from "./json.mjs";
import { fromBase64Url, textOf } from "./octets.mjs";
import { demand } from "./verdict.mjs";

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const MOST_SIGNATURES = 16;
const FORM = record({
  payload: text(BASE64URL),
  signatures: list(record({ protected: text(BASE64URL), signature: text(BASE64URL) }), 1, MOST_SIGNATURES),
});
const HEADER = record({ alg: words("ES256"), kid: text(/^sha-256:[0-9a-f]{64}$/) });

/**
 * Check the form, without any signature: `trust.jws` (T1).
 *
 * `mostOctets` is the limit of the payload.
 */
export function readJws(value, mostOctets) {
  demand(FORM(value), "trust.jws", "expected payload and signatures, and nothing more");
  const payload = fromBase64Url(value.payload);
  demand(payload !== null && payload.length <= mostOctets, "trust.jws");
  const signatures = value.signatures.map((each) => {
    const octets = fromBase64Url(each.protected);
    const header = octets === null ? undefined : parseJson(textOf(octets) ?? "");
    demand(HEADER(header), "trust.jws", "expected a protected header of alg and kid");
    demand(fromBase64Url(each.signature) !== null, "trust.jws");
    return { kid: header.kid, flattened: { payload: value.payload, ...each } };
  });
  return { payload, signatures };
}

/** The payload as JSON, whose members stand once; undefined where it is something else. */
export const payloadOf = (jws) => parseJson(textOf(jws.payload) ?? "");

/**
 * Check every signature in the name of one of the certificates; `trust.signature` where one does not hold,
 * `trust.unsigned` where there is none. The digests of those that signed come back.
 */
export async function checkSigners(jws, certificates) {
  const keys = new Map(certificates.map((each) => [each.digest, each.key]));
  const signers = new Set();
  for (const { kid, flattened } of jws.signatures) {
    if (!keys.has(kid)) continue;
    const holds = await flattenedVerify(flattened, keys.get(kid), { algorithms: ["ES256"] }).then(
      () => true,
      () => false,
    );
    demand(holds, "trust.signature");
    signers.add(kid);
  }
  demand(signers.size > 0, "trust.unsigned");
  return signers;
}

/** How many of the certificates are among those that signed. */
export const count = (signers, certificates) =>
  certificates.filter((each) => signers.has(each.digest)).length;
