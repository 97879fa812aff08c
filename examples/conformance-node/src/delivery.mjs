// A delivery: a message, and the sealed document that it carries (D1 to D3).
import { parseParty } from "./lists.mjs";
import { verifyMessage } from "./message.mjs";
import { CLOCKS, parseInstant } from "./octets.mjs";
import { openJwe, thumbprint } from "./protection.mjs";
import { verifySealed } from "./sealed.mjs";
import { findList } from "./standing.mjs";
import { defer, demand } from "./verdict.mjs";

async function openBody({ header, body }, trust, at, keys) {
  if (body.clear !== undefined) return body.clear;
  if (keys.has(body.kid)) return await openJwe(body.jwe, keys.get(body.kid));
  const receiver = parseParty(header.receiver);
  const listed = findList(trust, receiver.state, at).list.parties.get(header.receiver) ?? [];
  const decrypting = listed.filter(
    (each) => each.purpose === "decryption" && each.from <= at && at <= each.until,
  );
  const names = await Promise.all(decrypting.map((each) => thumbprint(each.certificate.key)));
  demand(names.includes(body.kid), "encryption.not_for_receiver");
  return defer("encryption.key_missing");
}

function demandAgreement({ header, body }, seal) {
  const state = (urn) => parseParty(urn).state;
  const pairs = [
    [state(header.sender), state(seal.IssuingParty)],
    [state(header.receiver), state(seal.ReceivingParty)],
    [header.type, seal.MessageType],
    [header.typeVersion, seal.MessageTypeVersion],
    [header.environment, seal.Environment],
    [header.conversation, seal.ConversationId],
    [header.document, seal.DocumentId],
    [body.kid, seal.RecipientKey],
  ];
  for (const [outside, inside] of pairs) demand(outside === inside, "layers.disagree");
  demand(header.createdAt + CLOCKS >= parseInstant(seal.SealedAt), "layers.disagree", "created before the seal");
}

/** Verify both layers as a recipient does; `keys` are its private keys by thumbprint. */
export async function verifyDelivery(octets, trust, at, receiver, keys) {
  const message = verifyMessage(octets, trust, at, receiver);
  const sealed = verifySealed(await openBody(message, trust, at, keys), trust, at);
  demandAgreement(message, sealed.header);
  return {
    sealed,
    described: { message: message.described, sealed_document: sealed.described },
  };
}
