// Questions as a JSON array on standard input, answers as a JSON array on standard output: what a
// program said (value), or why it said nothing (error).
import * as jwe from "./jwe.mjs";
import * as jws from "./jws.mjs";
import * as xades from "./xades.mjs";
import * as xmldsig from "./xmldsig.mjs";

const VERBS = {
  "jwe.make": jwe.make,
  "jwe.open": jwe.open,
  "jws.sign": jws.sign,
  "xades.verify": xades.verify,
  "xmldsig.sign": xmldsig.sign,
  "xmldsig.verify": xmldsig.verify,
};

let text = "";
for await (const part of process.stdin) text += part;
const answers = [];
for (const question of JSON.parse(text)) {
  try {
    answers.push({ value: await VERBS[question.verb](question) });
  } catch (error) {
    answers.push({ error: String(error?.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(answers));
