// What a trust list says, once its signatures hold: steps T3 and T5.
import { Certificate } from "./certificates.mjs";
import { list, record, text, whole, words } from "./json.mjs";
import { digestText, fromBase64, parseInstant } from "./octets.mjs";
import { payloadOf } from "./jws.mjs";
import { demand, refuse } from "./verdict.mjs";

export const STATE = /^(?:[A-Z]{2}|REGION)$/;
export const DIGEST = text(/^sha-256:[0-9a-f]{64}$/);
export const ENVIRONMENTS = words("test", "production");
export const instant = (value) => typeof value === "string" && parseInstant(value) !== null;
const PARTY = /^urn:swb:party:([A-Z]{2}|REGION):([a-z][a-z-]{0,31})(?::[A-Za-z0-9][A-Za-z0-9.-]{0,31})?$/;
const PURPOSES = words(
  "issuing-seal",
  "customs-seal",
  "phytosanitary-seal",
  "animal-health-seal",
  "food-safety-seal",
  "receipt-seal",
  "transport",
  "decryption",
  "log",
  "time-stamp",
);
const BASE64 = text(/^[A-Za-z0-9+/]+={0,2}$/);
const SOURCES = list(text(/^https?:\/\/\S+$/), 0, 4);

const FORM = record(
  {
    format: words("urn:swb:trust-list:1"),
    state: text(STATE),
    environment: ENVIRONMENTS,
    number: whole(1),
    issued: instant,
    expires: instant,
    quorum: whole(1, 16),
    parties: list(
      record({
        party: text(PARTY),
        certificates: list(
          record(
            { purpose: PURPOSES, certificate: BASE64, from: instant, until: instant },
            { compromisedSince: instant },
          ),
        ),
      }),
    ),
  },
  {
    rootNumber: whole(1),
    authorities: list(record({ certificate: BASE64 }, { crl: SOURCES, ocsp: SOURCES })),
    pointers: list(record({ state: text(STATE), location: text(/^https:\/\/\S+$/), roots: list(DIGEST) })),
    snapshot: list(
      record({ state: text(STATE), rootNumber: whole(1), number: whole(1), digest: DIGEST }),
    ),
  },
);

/** State and role of a party's URN; null where it is none. */
export function parseParty(urn) {
  const found = PARTY.exec(urn);
  return found === null ? null : { urn, state: found[1], role: found[2] };
}

const once = (values) => new Set(values).size === values.length;

/** The payload of a list of a state, in its form and of that state and environment (T3). */
export function readPayload(jws, state, environment) {
  const told = payloadOf(jws);
  demand(FORM(told), "trust.malformed", "expected a trust list and nothing more");
  demand(told.state === state && told.environment === environment, "trust.other_list");
  const ofRegion = told.pointers === undefined && told.snapshot === undefined;
  const parties = told.parties.map((each) => parseParty(each.party));
  const sound =
    (state === "REGION" || ofRegion) &&
    parseInstant(told.issued) < parseInstant(told.expires) &&
    parties.every((each) => each.state === state) &&
    once(told.parties.map((each) => each.party)) &&
    once((told.snapshot ?? []).map((each) => each.state)) &&
    once((told.authorities ?? []).map((each) => each.certificate));
  demand(sound, "trust.malformed", "expected what the form cannot say");
  return { rootNumber: 1, ...told };
}

const read = (base64) =>
  new Certificate(fromBase64(base64) ?? refuse("certificate.malformed", "expected base64"));

/** The list with its certificates read (T5). */
export function readList(told, jws) {
  const parties = new Map();
  for (const { party, certificates } of told.parties) {
    parties.set(
      party,
      certificates.map((each) => ({
        purpose: each.purpose,
        certificate: read(each.certificate),
        from: parseInstant(each.from),
        until: parseInstant(each.until),
        compromisedSince: each.compromisedSince ? parseInstant(each.compromisedSince) : null,
      })),
    );
  }
  return {
    rootNumber: told.rootNumber,
    number: told.number,
    digest: digestText(jws.payload),
    expires: parseInstant(told.expires),
    authorities: (told.authorities ?? []).map((each) => read(each.certificate)),
    snapshot: new Map((told.snapshot ?? []).map((each) => [each.state, each])),
    parties,
  };
}
