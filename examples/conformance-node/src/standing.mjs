// Whether a certificate stands for a party and a purpose, at one or more moments: steps M6 and S7.
import { findPath } from "./certificates.mjs";
import { defer, demand, refuse } from "./verdict.mjs";

/** Whether the roots serve an environment (M5, S5): `parallel` is judged by those of `production`. */
export function demandEnvironment(trust, environment) {
  const judge = environment === "test" ? "test" : "production";
  demand(trust.environment === judge, "environment.wrong");
}

/** The state's list, if anything can be said by it now; undetermined where not. */
export function findList(trust, state, at) {
  const its = trust.states.get(state) ?? refuse("party.unknown", `no list of ${state}`);
  if (at > its.list.expires) defer("trust.list_expired");
  if (its.expires !== null && at > its.expires) defer("trust.roots_expired");
  const seen = trust.states.get("REGION")?.list.snapshot.get(state);
  if (seen !== undefined) {
    const { rootNumber, number, digest } = its.list;
    const later = rootNumber - seen.rootNumber || number - seen.number;
    if (later < 0) defer("trust.list_behind");
    if (later === 0 && digest !== seen.digest) defer("trust.list_forked");
  }
  return its;
}

/**
 * Find the certificate of a signature on its state's list, and judge it.
 *
 * `moments` are those at which it has to hold, `at` is the moment of judgement. Nothing proves here that a
 * signature is older than the theft of its key. The certificate comes back.
 */
export function demandStanding(trust, { party, purpose, der, moments, at }) {
  const its = findList(trust, party.state, at);
  const entries = its.list.parties.get(party.urn) ?? refuse("party.unknown", "not on its state's list");
  const listed = entries.filter((each) => each.certificate.der.equals(der));
  demand(listed.length > 0, "certificate.unlisted");
  const fitting = listed.filter((each) => each.purpose === purpose);
  demand(fitting.length > 0, "certificate.wrong_purpose");
  const holds = (each) => moments.every((moment) => each.from <= moment && moment <= each.until);
  const entry = fitting.find(holds) ?? fitting[0];
  const { certificate } = entry;
  const roots = [...its.roots, ...its.former.map((each) => each.root)];
  const path = findPath(certificate, its.list.authorities, roots) ?? refuse("certificate.not_issued");
  demand(certificate.may("digitalSignature"), "certificate.key_usage");
  const end = its.former.find((each) => each.root === path.at(-1))?.until;
  for (const moment of moments) {
    const early = moment < entry.from || path.some((each) => moment < each.from);
    demand(!early, "certificate.not_yet_valid");
    const late = moment > entry.until || path.some((each) => moment > each.until);
    demand(!late && !(end !== undefined && moment > end), "certificate.expired");
  }
  const stolen = [...its.list.parties.values()]
    .flat()
    .filter((each) => each.compromisedSince !== null)
    .map((each) => each.certificate.digest);
  demand(!path.some((each) => stolen.includes(each.digest)), "certificate.compromised");
  return certificate;
}
