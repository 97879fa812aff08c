// The command protocol on standard input and output: one line, one answer.
//
//   node main.mjs [--schemas FOLDER]
import { createInterface } from "node:readline";
import { isObject, parseJson } from "./src/json.mjs";
import { useSchemas } from "./src/schema.mjs";
import { findVerb, Malformed } from "./src/verbs.mjs";
import { Refusal } from "./src/verdict.mjs";

const MOST_SAID = 4_000;
const said = (error) => String(error.message).slice(0, MOST_SAID);

async function answer(line) {
  const request = parseJson(line);
  if (!isObject(request) || !Number.isInteger(request.id)) {
    return { id: 0, verdict: "failed", code: "command.malformed" };
  }
  const { id } = request;
  const verb = findVerb(request.verb);
  if (verb === undefined) return { id, verdict: "failed", code: "command.unknown_verb" };
  try {
    return { id, verdict: "accepted", code: null, output: await verb(request) };
  } catch (error) {
    if (error instanceof Refusal) {
      return { id, verdict: error.verdict, code: error.code, message: said(error) };
    }
    const code = error instanceof Malformed ? "command.malformed" : "command.failed";
    return { id, verdict: "failed", code, message: said(error) };
  }
}

const [option, folder] = process.argv.slice(2);
if (option === "--schemas" && folder) useSchemas(folder);
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
