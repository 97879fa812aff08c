// Validation by the XSD files that are published beside the page.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import { octetsOf } from "./octets.mjs";
import { refuse } from "./verdict.mjs";

xmlRegisterFsInputProviders();
let folder = fileURLToPath(new URL("../../../schemas/swb_schemas/xsd", import.meta.url));
const validators = new Map();

/** Say where the XSD files are. */
export function useSchemas(path) {
  folder = path;
}

function find(name) {
  if (!validators.has(name)) {
    const path = `${folder}/${name}`;
    const schema = XmlDocument.fromBuffer(readFileSync(path), { url: path });
    validators.set(name, XsdValidator.fromDoc(schema));
  }
  return validators.get(name);
}

/** Refuse a text that is not valid against an XSD file: `xml.schema`. */
export function demandValid(text, name) {
  const validator = find(name);
  const document = XmlDocument.fromBuffer(octetsOf(text));
  try {
    validator.validate(document);
  } catch (error) {
    refuse("xml.schema", `not valid against ${name}: ${String(error.message).slice(0, 300)}`);
  } finally {
    document.dispose();
  }
}
