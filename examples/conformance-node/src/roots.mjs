// Which roots count for a state: those that were pinned, or those of the last root statement (T2).
import { Certificate } from "./certificates.mjs";
import { list, record, text, whole, words } from "./json.mjs";
import { checkSigners, count, payloadOf } from "./jws.mjs";
import { DIGEST, ENVIRONMENTS, STATE, instant } from "./lists.mjs";
import { fromBase64, parseInstant } from "./octets.mjs";
import { Refusal, demand, refuse } from "./verdict.mjs";

const FORM = record(
  {
  format: words("urn:swb:root-statement:1"),
  state: text(STATE),
  environment: ENVIRONMENTS,
  number: whole(1),
  issued: instant,
  expires: instant,
  quorum: whole(1, 8),
  roots: list(text(/^[A-Za-z0-9+/]+={0,2}$/), 1, 8),
  },
  { former: list(record({ root: DIGEST, until: instant }), 0, 64) },
);

/** A certificate as a root: self-signed, an authority, understood; else `trust.root`. */
export function readRoot(der) {
  try {
    const root = new Certificate(der ?? refuse("trust.root"));
    demand(root.isRoot, "trust.root", "expected a self-signed authority");
    return root;
  } catch (error) {
    if (error instanceof Refusal) refuse("trust.root", error.message);
    throw error;
  }
}

const same = (one, other) =>
  one.length === other.length && one.every((each) => other.some((its) => its.digest === each.digest));

/** The roots that count after those that were pinned, by the statements in order. */
export async function followStatements(state, environment, pinned, quorum, statements) {
  let counting = { number: 1, roots: pinned, quorum, former: [], expires: null };
  for (const [index, jws] of statements.entries()) {
    const told = payloadOf(jws);
    demand(FORM(told) && told.quorum <= told.roots.length, "trust.malformed", "a root statement");
    demand(told.state === state && told.environment === environment, "trust.other_list");
    counting = await follow(counting, told, jws, index === 0);
  }
  return counting;
}

async function follow(before, told, jws, isFirst) {
  const roots = told.roots.map((each) => readRoot(fromBase64(each)));
  demand(new Set(roots.map((each) => each.digest)).size === roots.length, "trust.malformed");
  const isPinned = isFirst && same(roots, before.roots) && told.quorum >= before.quorum;
  demand(isPinned || told.number === before.number + 1, "trust.root_number");
  const signers = await checkSigners(jws, [...before.roots, ...roots]);
  demand(count(signers, before.roots) >= before.quorum, "trust.root_quorum", "of the roots before");
  demand(count(signers, roots) >= told.quorum, "trust.root_quorum", "of its own roots");
  const known = new Map(
    [...before.former.map((each) => each.root), ...before.roots].map((each) => [each.digest, each]),
  );
  const former = (told.former ?? []).map(({ root, until }) => ({
    root: known.get(root) ?? (isPinned ? null : refuse("trust.root", "a root that never counted")),
    until: parseInstant(until),
  }));
  demand(former.every((each) => !roots.includes(each.root)), "trust.root");
  return {
    number: told.number,
    roots,
    quorum: told.quorum,
    former: former.filter((each) => each.root !== null),
    expires: parseInstant(told.expires),
  };
}
