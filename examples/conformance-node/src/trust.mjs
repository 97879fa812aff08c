// A trust bundle: all that a judge needs of every state (steps T1 to T5).
import { X509Certificate } from "node:crypto";
import { isObject, list, parseJson, record, table, whole, words } from "./json.mjs";
import { checkSigners, count, readJws } from "./jws.mjs";
import { ENVIRONMENTS, STATE, readList, readPayload } from "./lists.mjs";
import { digestText, textOf } from "./octets.mjs";
import { followStatements, readRoot } from "./roots.mjs";
import { demand, refuse } from "./verdict.mjs";

const MOST_BUNDLE = 100_000_000;
const MOST_LIST = 20_000_000;
const MOST_STATEMENT = 1_000_000;

const FORM = record(
  {
    format: words("urn:swb:trust-bundle:1"),
    environment: ENVIRONMENTS,
    roots: table(STATE, list((each) => typeof each === "string", 1, 8)),
    lists: table(STATE, isObject),
  },
  {
    quorums: table(STATE, whole(1, 8)),
    rootStatements: table(STATE, list(isObject, 0, 64)),
  },
);

function readPem(pem) {
  const found = /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n?$/.exec(pem);
  try {
    return readRoot(found && new X509Certificate(pem).raw);
  } catch (error) {
    return refuse("trust.root", error.message);
  }
}

/**
 * Read and verify a bundle.
 *
 * What comes back has `environment` and `states`, by their codes: `list` and the roots that count.
 */
export async function readBundle(octets) {
  demand(octets.length <= MOST_BUNDLE, "trust.malformed", "too large");
  const told = parseJson(textOf(octets) ?? "");
  demand(FORM(told), "trust.malformed", "expected a trust bundle and nothing more");
  const { roots, lists, quorums = {}, rootStatements = {} } = told;
  for (const [state, quorum] of Object.entries(quorums)) {
    demand(quorum <= (roots[state]?.length ?? 0), "trust.malformed", "a quorum that cannot be met");
  }
  const pinned = new Map(Object.entries(roots).map(([state, pems]) => [state, pems.map(readPem)]));
  for (const state of [...Object.keys(lists), ...Object.keys(rootStatements)]) {
    demand(pinned.has(state), "trust.root", "expected a pinned root");
  }
  const states = new Map();
  for (const [state, value] of Object.entries(lists)) {
    const list = readJws(value, MOST_LIST);
    const statements = (rootStatements[state] ?? []).map((each) => readJws(each, MOST_STATEMENT));
    const counting = await followStatements(
      state,
      told.environment,
      pinned.get(state),
      quorums[state] ?? 1,
      statements,
    );
    states.set(state, { ...counting, list: await verifyList(state, told.environment, list, counting) });
  }
  return { environment: told.environment, states };
}

async function verifyList(state, environment, jws, counting) {
  const signers = await checkSigners(jws, counting.roots);
  const told = readPayload(jws, state, environment);
  demand(told.rootNumber === counting.number, "trust.other_roots");
  const quorum = Math.max(told.quorum, counting.quorum);
  demand(count(signers, counting.roots) >= quorum, "trust.quorum");
  return readList(told, jws);
}

const kept = new Map();

/** The same, without reading again what was read a moment ago. */
export async function readBundleOnce(octets) {
  const digest = digestText(octets);
  if (!kept.has(digest)) {
    if (kept.size >= 16) kept.clear();
    kept.set(digest, await readBundle(octets));
  }
  return kept.get(digest);
}

/** What is told of a bundle that was accepted. */
export function describeBundle({ environment, states }) {
  const lists = [...states].map(([state, { list }]) => [
    state,
    {
      ...(list.rootNumber > 1 && { root_number: list.rootNumber }),
      number: list.number,
      parties: [...list.parties.keys()].sort(),
    },
  ]);
  return { environment, lists: Object.fromEntries(lists) };
}
