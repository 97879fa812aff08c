// A message: the steps M1 to M12.
import { demandCanonical } from "./canonicalisation.mjs";
import { readMessageHeader } from "./header.mjs";
import { parseParty } from "./lists.mjs";
import { CLOCKS, DAY, fromBase64 } from "./octets.mjs";
import { readJwe } from "./protection.mjs";
import { demandValid } from "./schema.mjs";
import { DS, checkValue, commitmentUri, readSignature } from "./signature.mjs";
import { demandSpelling, demandUnderstood } from "./spelling.mjs";
import { demandEnvironment, demandStanding } from "./standing.mjs";
import { demand } from "./verdict.mjs";
import { parseXml } from "./xml.mjs";

export const SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";
export const NAMESPACE = "urn:swb:message:1";
const MOST_OCTETS = 9_500_000;

function readFile(octets) {
  demand(octets.length <= MOST_OCTETS, "document.too_large");
  const file = parseXml(octets);
  demandCanonical(file);
  const { root } = file;
  demand(root.local === "StandardBusinessDocument" && root.uri === SBDH, "message.not_a_message");
  // Whatever it is: the XSD says later whether that is an Exchange.
  const exchange = root.children.at(-1);
  return { file, exchange: exchange?.local === "Exchange" ? exchange : undefined };
}

function demandSender(header) {
  const party = parseParty(header.sender);
  const fits = party.state === "REGION" ? party.role === "router" : party.role === "gateway";
  demand(fits, "party.wrong_role");
  return party;
}

function demandTimes(header, signedAt, at) {
  demand(signedAt === header.createdAt, "signature.time");
  demand(signedAt <= at + CLOCKS, "message.not_yet_valid");
  demand(header.expires - header.createdAt <= 90n * DAY, "message.lifetime");
  demand(at <= header.expires + CLOCKS, "message.expired");
}

/** The body: `clear` octets, or a `jwe` and the `kid` that it is for (M12). */
function readBody(exchange) {
  const [content] = exchange.elements("Content");
  if (content !== undefined) {
    const clear = fromBase64(content.content);
    demand(clear !== null, "message.body", "expected base64");
    return { clear };
  }
  const encrypted = exchange.elements("EncryptedContent")[0];
  demand(/^[A-Za-z0-9._-]+$/.test(encrypted.content), "message.body", "expected a compact JWE");
  const kid = readJwe(encrypted.content);
  demand(kid === encrypted.attribute("recipientKey"), "message.body", "another key than the kid");
  return { jwe: encrypted.content, kid };
}

/** What can be said of a message without trust: its shape and its header (M1 to M4). */
export function readMessage(octets) {
  const { file, exchange } = readFile(octets);
  const signature = readSignature(file, exchange);
  demandValid(file.text, "message-1-envelope.xsd");
  const header = readMessageHeader(file.root);
  demandSpelling(file.root, "message.header", (each) => each.uri === DS);
  return { signature, exchange, header };
}

/**
 * Verify a message at a moment, by a trust bundle that was verified.
 *
 * `receiver` is the URN of who judges; empty for a router, who judges for nobody.
 */
export function verifyMessage(octets, trust, at, receiver) {
  const { signature, exchange, header } = readMessage(octets);
  demandEnvironment(trust, header.environment);
  const party = demandSender(header);
  const { signedAt } = signature;
  const signer = { party, purpose: "transport", der: signature.certificate };
  const certificate = demandStanding(trust, { ...signer, moments: [signedAt, at], at });
  checkValue(signature, certificate.key);
  demand(signature.commitment === commitmentUri("sender"), "signature.commitment");
  demandTimes(header, signedAt, at);
  demand(receiver === "" || receiver === header.receiver, "message.misaddressed");
  demandUnderstood(exchange);
  const body = readBody(exchange);
  return {
    header,
    body,
    described: {
      message_id: header.messageId,
      digest: signature.digest,
      signer: header.sender,
      purpose: "transport",
      body: body.jwe === undefined ? "clear" : "encrypted",
    },
  };
}
