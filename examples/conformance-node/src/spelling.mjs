// The one spelling of what an XSD allows to be spelled in several ways, and what it cannot ask of a
// value: sections Octets and Values of the wire.
import { canonical } from "./canonicalisation.mjs";
import { demand } from "./verdict.mjs";
import { fromBase64 } from "./octets.mjs";

const LENGTHS = {
  "http://www.w3.org/2001/04/xmlenc#sha256": 32,
  "http://www.w3.org/2001/04/xmldsig-more#sha384": 48,
  "http://www.w3.org/2001/04/xmlenc#sha512": 64,
};
/** Elements whose text is judged later, by a step of its own. */
const BODIES = new Set(["Content", "EncryptedContent"]);
const isBlank = (text) => /^[ \t\n\r]*$/.test(text);

/**
 * Refuse another spelling as `xml.not_canonical`, and a value that XSD cannot refuse as `code`.
 *
 * Both skip the elements for which `skips` says so.
 */
export function demandSpelling(element, code, skips = () => false) {
  for (const each of walk(element, skips)) spell(each);
  for (const each of walk(element, skips)) value(each, code);
}

function* walk(element, skips) {
  if (skips(element)) return;
  yield element;
  if (element.local === "Extension") return;
  for (const each of element.elements()) yield* walk(each, skips);
}

function spell(element) {
  demand(element.prefix === "", "xml.not_canonical", `a prefix of ${element.local}`);
  const foreign = element.attributes.some((each) => each.prefix && each.name !== "xml:lang");
  demand(!foreign, "xml.not_canonical", "an attribute that no schema names");
  const parts = element.local !== "Extension" && element.elements().length > 0;
  demand(!parts || element.content === "", "xml.not_canonical", "white space between elements");
  const before = element.local === "Extension" && typeof element.children[0] === "string";
  demand(!before || element.elements().length === 0, "xml.not_canonical", "text before an extension");
}

function value(element, code) {
  if (element.local === "Extension") return extension(element, code);
  const texts = element.attributes.map((each) => each.value);
  const isBody = BODIES.has(element.local) && element.uri === "urn:swb:message:1";
  if (!isBody && element.elements().length === 0) texts.push(element.content);
  for (const each of texts) {
    demand(each.normalize("NFC") === each, code, "expected text in normal form C");
    demand(each === each.trim() || !isBlank(each[0] + each.at(-1)), code);
    demand(each === "" || !(isBlank(each[0]) || isBlank(each.at(-1))), code, "white space around a value");
  }
  const length = LENGTHS[element.attribute("algorithm")];
  if (length !== undefined) {
    demand(fromBase64(element.content)?.length === length, code, "a digest of another length");
  }
}

function extension(element, code) {
  const inside = element.elements();
  demand(inside.length === 1 && element.content === "", code, "expected one element in an extension");
  demand(inside[0].uri !== "", code, "expected a namespace in an extension");
  // Its own canonical form, and not one that leans on what is declared around it.
  const alone = canonical(inside[0]).length;
  demand(alone === inside[0].end - inside[0].start, code, "expected an extension in its own form");
}

/** Refuse extensions that must be understood, since none is understood here (M11, S13). */
export function demandUnderstood(element) {
  const extensions = element.elements("Extensions").flatMap((each) => each.elements("Extension"));
  const needed = extensions.some((each) => each.attribute("mustUnderstand") === "true");
  demand(!needed, "extension.not_understood");
}
