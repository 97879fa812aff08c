// Exclusive XML Canonicalization 1.0, without comments, of a tree or a part of it.
import { demand } from "./verdict.mjs";

const IN_TEXT = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;" };
const IN_VALUE = {
  "&": "&amp;",
  "<": "&lt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

export const escapeText = (text) => text.replace(/[&<>\r]/g, (each) => IN_TEXT[each]);
export const escapeValue = (text) => text.replace(/[&<"\t\n\r]/g, (each) => IN_VALUE[each]);

/** Order of code points, which is not that of JavaScript's strings. */
const compare = (one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other));

class Writer {
  parts = [];
  length = 0;

  constructor(marks) {
    this.marks = marks;
  }

  say(text) {
    this.parts.push(text);
    this.length += text.length;
  }

  /** `rendered`: what the output declares around this element, by prefix. */
  write(element, rendered) {
    if (this.marks) element.start = this.length;
    const used = new Set([element.prefix]);
    for (const { prefix } of element.attributes) if (prefix && prefix !== "xml") used.add(prefix);
    const declared = { ...rendered };
    this.say(`<${element.name}`);
    for (const prefix of [...used].sort(compare)) {
      const uri = element.namespaces[prefix] ?? "";
      if (prefix === "xml" || (rendered[prefix] ?? "") === uri) continue;
      declared[prefix] = uri;
      this.say(` xmlns${prefix && ":"}${prefix}="${escapeValue(uri)}"`);
    }
    const sorted = [...element.attributes].sort(
      (one, other) => compare(one.uri, other.uri) || compare(one.local, other.local),
    );
    for (const { name, value } of sorted) this.say(` ${name}="${escapeValue(value)}"`);
    this.say(">");
    for (const child of element.children) {
      if (typeof child === "string") this.say(escapeText(child));
      else this.write(child, declared);
    }
    this.say(`</${element.name}>`);
    if (this.marks) element.end = this.length;
  }
}

/** The canonical form of an element alone, whatever stands around it. */
export function canonical(element) {
  const writer = new Writer(false);
  writer.write(element, {});
  return writer.parts.join("");
}

/** Refuse a file that is not its own canonical form; tell every element its place in the text. */
export function demandCanonical({ text, root }) {
  const writer = new Writer(true);
  writer.write(root, {});
  demand(writer.parts.join("") === text, "xml.not_canonical");
}
