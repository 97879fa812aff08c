// The verbs of the command protocol: docs/conformance/command-protocol.md.
import { X509Certificate, createPrivateKey } from "node:crypto";
import { verifyDelivery } from "./delivery.mjs";
import { isObject } from "./json.mjs";
import { seal, signMessage } from "./making.mjs";
import { verifyMessage } from "./message.mjs";
import { fromBase64, parseMoment } from "./octets.mjs";
import { readKeys, readRecipient } from "./protection.mjs";
import { verifySealed } from "./sealed.mjs";
import { describeBundle, readBundle, readBundleOnce } from "./trust.mjs";
import { demand } from "./verdict.mjs";

/** A request that lacks a member, or has it in another form. */
export class Malformed extends Error {}

function expect(value, what) {
  if (value === null || value === undefined) throw new Malformed(`expected ${what}`);
  return value;
}

const octets = (value, name) =>
  expect(typeof value === "string" ? fromBase64(value) : null, `${name}: octets in base64`);
const moment = (request) => expect(parseMoment(String(request.at)), "at: an instant");
const bundle = async (request) => await readBundleOnce(octets(request.trust, "trust"));

function readSigner({ key, certificates, header }) {
  const [first] = expect(Array.isArray(certificates) ? certificates : null, "certificates");
  return {
    fields: expect(isObject(header) ? header : null, "header: an object"),
    key: createPrivateKey(octets(key, "key")),
    certificate: new X509Certificate(octets(first, "certificates")),
  };
}

async function verify(request) {
  const input = octets(request.input, "input");
  if (request.layer === "trust") return describeBundle(await readBundle(input));
  const [trust, at] = [await bundle(request), moment(request)];
  if (request.layer === "sealed-document") return verifySealed(input, trust, at).described;
  expect(request.layer === "message" || null, "layer: trust, sealed-document or message");
  return verifyMessage(input, trust, at, request.receiver ?? "").described;
}

async function open(request) {
  const [trust, at] = [await bundle(request), moment(request)];
  const keys = await readKeys((request.keys ?? []).map((each) => octets(each, "keys")));
  const input = octets(request.input, "input");
  const opened = await verifyDelivery(input, trust, at, request.receiver ?? "", keys);
  return {
    result: opened.described,
    sealed: opened.sealed.octets.toString("base64"),
    document: opened.sealed.document.toString("base64"),
  };
}

function sealDocument(request) {
  const { fields, key, certificate } = readSigner(request);
  const input = octets(request.input, "input");
  const at = moment(request);
  const sealed = seal(input, fields, key, certificate);
  demand(parseMoment(fields.SealedAt) === at, "seal.disagrees", "SealedAt is not the moment");
  return sealed.toString("base64");
}

async function sign(request) {
  const { fields, key, certificate } = readSigner(request);
  const input = octets(request.input, "input");
  const at = moment(request);
  const recipient =
    (request.protect ?? null) === null ? null : readRecipient(octets(request.protect, "protect"));
  const signed = await signMessage(input, fields, key, certificate, recipient);
  demand(parseMoment(fields.CreationDateAndTime) === at, "message.header", "not the moment");
  return signed.toString("base64");
}

const VERBS = { describe, seal: sealDocument, open, sign, verify };

function describe() {
  return { protocol: 1, api: 1, verbs: Object.keys(VERBS), name: "node", version: "1.0.0" };
}

/** The verb of a request; undefined where there is none of that name. */
export const findVerb = (name) => (Object.hasOwn(VERBS, name) ? VERBS[name] : undefined);
