#!/usr/bin/env node
// The adapter of an invented state, Lavandia, as a program of its own: no Python, no library.
// It speaks the command protocol (docs/reference/command-protocol.md) on standard input and output.
//
// Lavandia's single window speaks JSON: the names of the canonical documents in camel case, text
// for every value, true for a box that is ticked. Everything about it is invented.

import { createInterface } from "node:readline";

const NAME = "lavandia";
const VERSION = "1.0.0";
const DOCUMENTS = {
  CertificateOfOrigin: { messageType: "CertificateIssue", namespace: "urn:swb:certificate-of-origin:1" },
  CustomsReceipt: { messageType: "CustomsReceipt", namespace: "urn:swb:customs-receipt:1" },
};
const REPEATED = new Set(["NationalName", "NationalAddress", "NationalDescription", "Item", "Package", "Basis", "Invoice", "Original"]);
const ATTRIBUTES = new Set(["xml:lang", "version", "unit", "currency", "nomenclature"]);
const TRADER = ["Identifier", "Name", "NationalName", "Address", "NationalAddress", "Country"];
const PORT = ["Code", "Name"];
// The members of elements, in the order of the schema: members of JSON have none.
const MEMBERS = {
  CertificateOfOrigin: [
    "Agreement", "Edition", "ReferenceNumber", "IssuingCountry", "IssuingOffice", "CopyType", "Exporter", "Consignee",
    "Transport", "Item", "ExporterDeclaration", "Certification", "SpecialCases", "Remarks",
  ],
  Exporter: TRADER,
  Consignee: TRADER,
  NationalName: ["xml:lang"],
  NationalAddress: ["xml:lang"],
  NationalDescription: ["xml:lang"],
  Transport: ["DepartureDate", "Mode", "MeansName", "JourneyNumber", "LoadingPort", "DischargePort", "Route"],
  LoadingPort: PORT,
  DischargePort: PORT,
  Item: [
    "SequenceNumber", "MarksAndNumbers", "Package", "Description", "NationalDescription", "Quantity", "CommodityCode",
    "ManufacturerName", "TrademarkName", "OriginCriterion", "GrossMeasure", "FobAmount", "Invoice",
  ],
  Package: ["Count", "TypeCode", "GrossMeasure", "GrossVolume"],
  GrossMeasure: ["unit"],
  GrossVolume: ["unit"],
  Quantity: ["unit"],
  CommodityCode: ["nomenclature"],
  OriginCriterion: ["Basis", "Percentage"],
  FobAmount: ["currency"],
  Invoice: ["Number", "Date"],
  ExporterDeclaration: ["CountryOfProduction", "ImportingCountry", "Place", "Date", "SignatoryName"],
  Certification: ["AuthorityName", "Place", "Date", "SignatoryName", "OriginalIssueDate"],
  SpecialCases: [
    "ThirdCountryInvoicing", "Exhibition", "Accumulation", "DeMinimis", "BackToBack", "IssuedRetroactively",
    "PartialCumulation",
  ],
  ThirdCountryInvoicing: ["CompanyName", "CompanyCountry"],
  Exhibition: ["Name", "Address"],
  BackToBack: ["Original"],
  Original: ["IssuingCountry", "ReferenceNumber", "IssueDate", "ExpiryDate"],
  CustomsReceipt: ["Subject", "Outcome", "At", "Office", "Reason"],
  Subject: ["IssuingCountry", "IssuingOffice", "ReferenceNumber"],
  Reason: ["Code", "Text"],
};
const MOST_DEPTH = 24;

class Refusal extends Error {
  constructor(code, message, place = {}) {
    super(message);
    this.code = code;
    this.findings = [{ code, message, ...place }];
  }
}

// --- what it says of itself -------------------------------------------------------------------

const DESCRIPTION = {
  protocol: 1,
  api: 1,
  verbs: ["describe", "to-canonical", "from-canonical"],
  name: NAME,
  version: VERSION,
  provenance: "simulated",
  system: "National single window of Lavandia (simulation): certificates in JSON",
  state: "",
  media_type: "application/json",
  file_suffix: ".json",
  messages: Object.entries(DOCUMENTS).map(([document, { messageType }]) => ({
    message_type: messageType,
    loses: [`${document}/Extensions`],
    agreements: document === "CertificateOfOrigin" ? ["ATIGA"] : [],
  })),
};

// --- names ------------------------------------------------------------------------------------

const toNational = (name) => (name === "xml:lang" ? "language" : name[0].toLowerCase() + name.slice(1));

function toCanonicalName(name) {
  if (name === "language") return "xml:lang";
  return ATTRIBUTES.has(name) ? name : name[0].toUpperCase() + name.slice(1);
}

// Where things stand, as patterns: what was seen of a document on the way.
class Paths {
  pairs = new Map();
  add(canonical, national) {
    this.pairs.set(canonical.replace(/\[\d+\]/g, "[*]"), national.replace(/\[\d+\]/g, "[*]"));
  }
}

// --- JSON to a canonical document ---------------------------------------------------------------

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;" };
const escapeText = (text) => text.replace(/[&<>\r]/g, (each) => ESCAPES[each]);
const escapeAttribute = (text) => text.replace(/[&<"\t\n\r]/g, (each) => ESCAPES[each]);

function writeElement(name, value, attributes, path, national, paths, depth) {
  if (depth > MOST_DEPTH) throw new Refusal("adapter.malformed", `expected at most ${MOST_DEPTH} levels`);
  paths.add(path, national);
  let inner = "";
  if (typeof value === "string") inner = escapeText(value);
  else if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    for (const [member, below] of inOrder(name, value, national)) {
      if (member === "value" && typeof below === "string") inner += escapeText(below);
      else inner += writeMember(member, below, attributes, path, national, paths, depth);
    }
  } else if (value !== true) {
    throw new Refusal("adapter.schema", "expected text, true or an object", { path, national_path: national });
  }
  const said = Object.entries(attributes).map(([key, text]) => ` ${key}="${escapeAttribute(text)}"`);
  return `<${name}${said.join("")}>${inner}</${name}>`;
}

// What there is no place for is refused where it stands, not at what is missing beside it.
function inOrder(name, value, national) {
  const known = ["value", ...(MEMBERS[name] ?? []).map(toNational)];
  const members = Object.entries(value);
  const unknown = members.find(([member]) => !known.includes(member));
  if (unknown) {
    const place = national ? `${national}.${unknown[0]}` : unknown[0];
    const message = `expected one of ${known.slice(1).join(", ") || "value"}, found another member`;
    throw new Refusal("adapter.schema", message, { national_path: place.slice(0, 200) });
  }
  return members.sort(([one], [other]) => known.indexOf(one) - known.indexOf(other));
}

function writeMember(member, below, attributes, path, national, paths, depth) {
  const where = national ? `${national}.${member}` : member;
  const name = toCanonicalName(member);
  if (ATTRIBUTES.has(name)) {
    if (typeof below !== "string") throw new Refusal("adapter.schema", "expected text", { national_path: where });
    attributes[name] = below;
    paths.add(`${path}/@${name}`, where);
    return "";
  }
  if (!Array.isArray(below)) return writeElement(name, below, {}, `${path}/${name}`, where, paths, depth + 1);
  return below
    .map((each, at) => writeElement(name, each, {}, `${path}/${name}[${at + 1}]`, `${where}[${at + 1}]`, paths, depth + 1))
    .join("");
}

// JSON.parse keeps the last of two members of one name, and other programs the first.
function hasDoubles(text) {
  const open = [];
  for (const [token, name, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon) {
      const key = JSON.parse(name);
      if (open.at(-1).has(key)) return true;
      open.at(-1).add(key);
    }
  }
  return false;
}

function readPayload(raw) {
  let text, payload;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    payload = JSON.parse(text);
  } catch {
    throw new Refusal("adapter.malformed", "expected JSON in UTF-8");
  }
  if (hasDoubles(text)) throw new Refusal("adapter.malformed", "expected each name once in an object");
  if (payload === null || typeof payload !== "object" || Array.isArray(payload)) {
    throw new Refusal("adapter.malformed", "expected an object");
  }
  const { document, ...rest } = payload;
  const known = typeof document === "string" && Object.hasOwn(DOCUMENTS, document) && DOCUMENTS[document];
  if (!known) {
    const message = `expected a document: ${Object.keys(DOCUMENTS).join(" or ")}`;
    throw new Refusal("adapter.unsupported", message, { national_path: "document" });
  }
  const paths = new Paths();
  const root = { xmlns: known.namespace, version: "1.0", "xml:lang": "en" };
  const xml = writeElement(document, rest, root, document, "", paths, 0);
  return { output: xml, message_type: known.messageType, paths };
}

// --- a canonical document to JSON ---------------------------------------------------------------

// The caller has parsed and validated what comes here, and writes it in one spelling: no comment,
// no instruction, no prefix but xml:, five entities and character references.
const TOKEN = /<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"]*")*)\s*(\/?)>|([^<]+)/gy;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescapeText = (text) =>
  text.replace(/&(#x[0-9A-Fa-f]+|#\d+|\w+);/g, (_, name) => {
    if (name.startsWith("#x")) return String.fromCodePoint(parseInt(name.slice(2), 16));
    return name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : ENTITIES[name];
  });

function parseXml(text) {
  const top = { children: [], text: "" };
  const open = [top];
  for (const [, closing, name, attributes, empty, characters] of text.matchAll(TOKEN)) {
    if (characters !== undefined) open.at(-1).text += unescapeText(characters);
    else if (closing) open.pop();
    else {
      const element = { name, attributes: {}, children: [], text: "" };
      for (const [, key, value] of attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
        if (key !== "xmlns") element.attributes[key] = unescapeText(value);
      }
      open.at(-1).children.push(element);
      if (!empty) open.push(element);
    }
  }
  return top.children[0];
}

function toJson(element, path, national, paths) {
  paths.add(path, national);
  const value = {};
  const at = (name) => (national ? `${national}.${name}` : name);
  for (const [key, text] of Object.entries(element.attributes)) {
    value[toNational(key)] = text;
    paths.add(`${path}/@${key}`, at(toNational(key)));
  }
  const attributes = Object.keys(value).length;
  if (!element.children.length) {
    if (!attributes) return element.text === "" ? true : element.text;
    return { value: element.text, ...value };
  }
  for (const child of element.children) {
    const name = toNational(child.name);
    if (!REPEATED.has(child.name)) value[name] = toJson(child, `${path}/${child.name}`, at(name), paths);
    else {
      value[name] ??= [];
      const number = value[name].length + 1;
      value[name].push(toJson(child, `${path}/${child.name}[${number}]`, `${at(name)}[${number}]`, paths));
    }
  }
  return value;
}

function writePayload(raw) {
  const element = parseXml(new TextDecoder().decode(raw));
  const known = Object.hasOwn(DOCUMENTS, element.name) && DOCUMENTS[element.name];
  if (!known) throw new Refusal("adapter.unsupported", "expected another document");
  const findings = [];
  const extensions = element.children.find((each) => each.name === "Extensions");
  if (extensions) {
    const path = `${element.name}/Extensions`;
    if (extensions.children.some((each) => each.attributes.mustUnderstand === "true")) {
      throw new Refusal("adapter.mandatory_loss", "the format has no extensions", { path });
    }
    findings.push({ code: "adapter.loss", severity: "loss", path, message: "the format has no extensions" });
    element.children = element.children.filter((each) => each !== extensions);
  }
  const paths = new Paths();
  const { version, language, ...rest } = toJson(element, element.name, "", paths);
  if (version !== "1.0" || language !== "en") {
    const path = `${element.name}/@${version === "1.0" ? "xml:lang" : "version"}`;
    throw new Refusal("adapter.mandatory_loss", "expected a document in version 1.0 and in English", { path });
  }
  const output = `${JSON.stringify({ document: element.name, ...rest })}\n`;
  return { output, message_type: known.messageType, paths, findings };
}

// --- the protocol -------------------------------------------------------------------------------

function answer(request) {
  const input = () => Buffer.from(request.input, "base64");
  switch (request.verb) {
    case "describe":
      return { output: DESCRIPTION };
    case "to-canonical":
      return spell(readPayload(input()));
    case "from-canonical":
      return spell(writePayload(input()));
    default:
      return { verdict: "failed", code: "command.unknown_verb", message: "expected a verb of the description" };
  }
}

const spell = ({ output, paths, ...rest }) => ({
  output: Buffer.from(output, "utf8").toString("base64"),
  paths: [...paths.pairs],
  ...rest,
});

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let id = null;
  let said;
  try {
    const request = JSON.parse(line);
    id = request.id;
    said = { verdict: "accepted", code: null, ...answer(request) };
  } catch (error) {
    said =
      error instanceof Refusal
        ? { verdict: "refused", code: error.code, message: error.message, findings: error.findings }
        : { verdict: "failed", code: "adapter.failed", message: error.name };
  }
  process.stdout.write(`${JSON.stringify({ id, ...said })}\n`);
}
