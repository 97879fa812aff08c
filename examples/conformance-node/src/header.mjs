// The header of a message, once the XSD has accepted it (M4).
import { parseInstant } from "./octets.mjs";
import { demand } from "./verdict.mjs";

const SCOPES = ["ENVIRONMENT", "CONVERSATION", "DOCUMENT", "EXPIRES", "RETRANSMISSION_OF", "CORRELATION"];
const NEEDED = SCOPES.slice(0, 4);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ENVIRONMENT = /^(?:test|parallel|production)$/;
const FORMS = { ENVIRONMENT, EXPIRES: { test: (text) => parseInstant(text) !== null } };

function readScopes(head) {
  const scopes = head.elements("BusinessScope")[0].elements("Scope");
  const names = scopes.map((each) => each.text("Type"));
  demand(NEEDED.every((each) => names.includes(each)), "message.header", "a scope is missing");
  const values = scopes.map((each) => each.text("InstanceIdentifier"));
  for (const [index, name] of names.entries()) {
    demand((FORMS[name] ?? UUID).test(values[index]), "message.header", `a value of ${name}`);
  }
  return { scopes, names, values, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) };
}

/** Each scope once, in order, and the correlation repeated where it has to be. */
function demandOneSpelling({ scopes, names, values }) {
  const places = names.map((each) => SCOPES.indexOf(each));
  const ordered = places.every((each, index) => index === 0 || places[index - 1] < each);
  demand(ordered, "xml.not_canonical", "expected each scope once, in order");
  for (const [index, name] of names.entries()) {
    const repeated = scopes[index].text("CorrelationInformation/RequestingDocumentInstanceIdentifier");
    const expected = name === "CORRELATION" ? values[index] : undefined;
    demand(repeated === expected, "xml.not_canonical", "the correlation, repeated");
  }
}

/** The fields of the header; times in microseconds since 1970. */
export function readMessageHeader(root) {
  const head = root.elements("StandardBusinessDocumentHeader")[0];
  const scopes = readScopes(head);
  const header = {
    sender: head.text("Sender/Identifier"),
    receiver: head.text("Receiver/Identifier"),
    messageId: head.text("DocumentIdentification/InstanceIdentifier"),
    type: head.text("DocumentIdentification/Type"),
    typeVersion: head.text("DocumentIdentification/TypeVersion"),
    createdAt: parseInstant(head.text("DocumentIdentification/CreationDateAndTime")),
    environment: scopes.ENVIRONMENT,
    conversation: scopes.CONVERSATION,
    document: scopes.DOCUMENT,
    expires: parseInstant(scopes.EXPIRES),
  };
  demand(header.createdAt !== null, "message.header", "expected an instant of creation");
  demand(header.expires > header.createdAt, "message.header", "it expires before it is created");
  demandOneSpelling(scopes);
  return header;
}
