// Reads octets as XML into a tree, or refuses them: step M1 of the wire, without its canonical form.
import { SaxesParser } from "saxes";
import { textOf } from "./octets.mjs";
import { Refusal, demand, refuse } from "./verdict.mjs";

const MOST_LEVELS = 32;
const MOST_ELEMENTS = 400_000;
const MOST_ATTRIBUTES = 64;
const MOST_CHARACTERS = 10_000_000;

/**
 * An element: `name` as it is written, `prefix`, `local`, `uri`; `attributes` without declarations of
 * namespaces; `namespaces`, all in force by prefix; `children`, elements and texts; `start` and `end`, its
 * place in the text once it was found canonical.
 */
class Element {
  constructor(tag, parent) {
    this.name = tag.name;
    this.prefix = tag.prefix;
    this.local = tag.local;
    this.uri = tag.uri;
    this.attributes = Object.values(tag.attributes).filter(
      (each) => each.prefix !== "xmlns" && each.name !== "xmlns",
    );
    const inherited = parent === null ? { "": "" } : parent.namespaces;
    this.namespaces = Object.keys(tag.ns).length ? { ...inherited, ...tag.ns } : inherited;
    this.parent = parent;
    this.children = [];
    this.start = this.end = -1;
  }

  /** Elements directly inside, of one name and of the element's own namespace, or all. */
  elements(local) {
    return this.children.filter(
      (each) =>
        each instanceof Element &&
        (local === undefined || (each.local === local && each.uri === this.uri)),
    );
  }

  /** Text at the end of a path such as `Subject/IssuingCountry`; undefined where there is none. */
  text(path) {
    const [first, ...rest] = path.split("/");
    const child = this.elements(first)[0];
    return rest.length ? child?.text(rest.join("/")) : child?.content;
  }

  /** Text directly inside. */
  get content() {
    return this.children.filter((each) => typeof each === "string").join("");
  }

  attribute(name) {
    return this.attributes.find((each) => each.name === name)?.value;
  }
}

/** Every element of a tree, the root first. */
export function* descend(element) {
  yield element;
  for (const each of element.elements()) yield* descend(each);
}

/** The text of the octets and the root element of its tree. */
export function parseXml(octets) {
  const text = textOf(octets);
  demand(text !== null, "xml.malformed", "expected UTF-8");
  let root = null;
  let open = null;
  let levels = 0;
  let elements = 0;
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on("doctype", () => refuse("xml.doctype"));
  parser.on("processinginstruction", () => refuse("xml.processing_instruction"));
  parser.on("opentag", (tag) => {
    const element = new Element(tag, open);
    demand(++levels <= MOST_LEVELS, "xml.too_deep");
    demand(++elements <= MOST_ELEMENTS, "xml.too_many_elements");
    demand(element.attributes.length <= MOST_ATTRIBUTES, "xml.too_many_attributes");
    if (open === null) root = element;
    else open.children.push(element);
    open = element;
  });
  parser.on("closetag", () => {
    levels -= 1;
    open = open.parent;
  });
  const add = (said) => {
    demand(said.length <= MOST_CHARACTERS, "xml.too_large");
    if (open !== null) open.children.push(said);
  };
  parser.on("text", add);
  parser.on("cdata", add);
  try {
    parser.write(text.replace(/^\uFEFF/, "")).close();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    refuse("xml.malformed", "expected well-formed XML");
  }
  demand(root !== null, "xml.malformed", "expected a root element");
  return { text, root };
}
