// Octets and their spellings: text, base64, digests, instants. Each has one spelling, and everything
// else is null: the caller knows the code that it is refused with.
import { createHash } from "node:crypto";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of octets in UTF-8, a byte order mark included; null where they are something else. */
export function textOf(octets) {
  try {
    return UTF8.decode(octets);
  } catch {
    return null;
  }
}

export const octetsOf = (text) => Buffer.from(text, "utf8");

/** RFC 4648, section 4: one line, padded, unused bits zero. */
export function fromBase64(text) {
  const octets = Buffer.from(text, "base64");
  return octets.toString("base64") === text ? octets : null;
}

/** RFC 4648, section 5, without padding, as JOSE has it. */
export function fromBase64Url(text) {
  const octets = Buffer.from(text, "base64url");
  return octets.toString("base64url") === text ? octets : null;
}

export const sha256 = (octets) => createHash("sha256").update(octets).digest();

/** A digest as it is written outside of XML. */
export const digestText = (octets) => `sha-256:${sha256(octets).toString("hex")}`;

const INSTANT = /^(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{0,5}[1-9]))?Z$/;
const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)$/;

function microseconds(whole, fraction, zone) {
  const milliseconds = Date.parse(whole + zone);
  return Number.isNaN(milliseconds)
    ? null
    : BigInt(milliseconds) * 1000n + BigInt((fraction ?? "").padEnd(6, "0"));
}

/** An instant of the wire in microseconds since 1970; null where it is spelled otherwise. */
export function parseInstant(text) {
  const found = INSTANT.exec(text);
  if (found === null) return null;
  const instant = microseconds(found[1], found[2], "Z");
  const day = instant === null ? "" : new Date(Number(instant / 1000n)).toISOString();
  return day.startsWith(text.slice(0, 19)) ? instant : null;
}

/** A moment as a request has it: RFC 3339, with any offset. */
export function parseMoment(text) {
  const found = MOMENT.exec(text);
  return found === null ? null : microseconds(found[1], found[2], found[3]);
}

export const MINUTE = 60_000_000n;
export const DAY = 1440n * MINUTE;
/** How far clocks may differ. */
export const CLOCKS = 5n * MINUTE;
