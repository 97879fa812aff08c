"use strict";
// The procedure P1 to P8 of docs/reference/print-code.md; the same refusals with the same codes.
(() => {
  const PREFIXES = ["SWB1:", "SWB2:"];
  const ANY_PREFIX = /^SWB[1-9][0-9]{0,2}:/;
  const WEIGHED = 2;
  const LARGEST = 960;
  const CONTEXT = "urn:swb:print-code:";
  const SKEW_MS = 5 * 60 * 1000;
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const ENVIRONMENTS = ["test", "parallel", "production"];
  const COPIES = ["ORIGINAL", "DUPLICATE", "TRIPLICATE"];
  const KEEPERS = ["the one for the importing customs", "the one that the issuing authority keeps", "the one that the exporter keeps"];
  const WORTH = [["TEST, NOT VALID"], ["PARALLEL EXCHANGE, NOT BINDING"], []];
  const DAY_MS = 86400000;
  const MISREAD = ["print_code.malformed", "signature.value"];
  const SCAN_AGAIN = "A code that was cut, or of which one letter was mistyped, looks the same: scan it again from the paper itself. Where it is refused again, do not take the paper, and ask who issued it.";
  const TRUST = JSON.parse(document.getElementById("seals").textContent);

  class Refusal extends Error {
    constructor(code, message, verdict = "refused") {
      super(message);
      this.code = code;
      this.verdict = verdict;
    }
  }
  const undetermined = (code, message) => new Refusal(code, message, "undetermined");
  const malformed = (message) => new Refusal("print_code.malformed", message);
  const hex = (octets) => Array.from(octets, (each) => each.toString(16).padStart(2, "0")).join("");
  const same = (one, other) =>
    one.length === other.length && one.every((each, at) => each === other[at]);

  // --- Base45 (RFC 9285) and CBOR in its one spelling (RFC 8949, 4.2.1) ---

  function decodeBase45(text) {
    const octets = [];
    for (let at = 0; at < text.length; at += 3) {
      const group = Array.from(text.slice(at, at + 3), (each) => ALPHABET.indexOf(each));
      const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
      const size = group.length - 1;
      if (size === 0 || group.includes(-1) || value >= 256 ** size) {
        throw malformed(`expected Base45, found something else at character ${at + 1}`);
      }
      if (size === 2) octets.push(value >> 8);
      octets.push(value & 255);
    }
    return Uint8Array.from(octets);
  }

  function decodeCbor(octets) {
    let at = 0;
    const bad = () => malformed("expected deterministic CBOR");
    const take = (count) => {
      if (at + count > octets.length) throw bad();
      at += count;
      return octets.subarray(at - count, at);
    };
    const number = (low) => {
      if (low < 24) return low;
      if (low > 27) throw bad();
      const size = 2 ** (low - 24);
      const value = take(size).reduce((sum, each) => sum * 256 + each, 0);
      const least = size === 1 ? 24 : 2 ** (4 * size);
      if (value < least || !Number.isSafeInteger(value)) throw bad();
      return value;
    };
    const value = (depth) => {
      if (depth > 4) throw bad();
      const head = take(1)[0];
      const major = head >> 5;
      if (head === 0xf6) return null;
      if (major > 5) throw bad();
      const count = number(head & 31);
      if (major === 0) return count;
      if (major === 1) return -1 - count;
      if (major === 2) return take(count).slice();
      if (major === 3) {
        try {
          return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(count));
        } catch {
          throw bad();
        }
      }
      if (count > octets.length) throw bad();
      if (major === 4) return Array.from({ length: count }, () => value(depth + 1));
      const map = new Map();
      let before = "";
      for (let each = 0; each < count; each += 1) {
        const from = at;
        const key = value(depth + 1);
        const spelled = hex(octets.subarray(from, at));
        if (spelled <= before) throw bad();
        before = spelled;
        map.set(key, value(depth + 1));
      }
      return map;
    };
    const found = value(0);
    if (at !== octets.length) throw bad();
    return found;
  }

  const head = (major, count) =>
    count < 24 ? [major * 32 + count]
      : count < 256 ? [major * 32 + 24, count] : [major * 32 + 25, count >> 8, count & 255];
  const bytes = (octets) => [...head(2, octets.length), ...octets];
  const words = (text) => {
    const octets = new TextEncoder().encode(text);
    return [...head(3, octets.length), ...octets];
  };

  // --- the procedure ---

  function readCode(text) {
    if (!ANY_PREFIX.test(text)) throw malformed(`expected a code that begins with ${PREFIXES.join(" or ")}`);
    const version = PREFIXES.findIndex((each) => text.startsWith(each)) + 1;
    if (!version) {
      throw undetermined("print_code.version", `expected a code that begins with ${PREFIXES.join(" or ")}, found a later form; have this page written anew`);
    }
    const raw = decodeBase45(text.slice(PREFIXES[version - 1].length));
    if (raw.length > LARGEST || raw[0] !== 0xd2) throw malformed("expected a COSE_Sign1");
    const parts = decodeCbor(raw.subarray(1));
    const octets = (each) => each instanceof Uint8Array;
    if (!Array.isArray(parts) || parts.length !== 4 || !(parts[1] instanceof Map)
      || parts[1].size || ![0, 2, 3].every((each) => octets(parts[each])) || parts[3].length !== 64) {
      throw malformed("expected a COSE_Sign1 of four parts with nothing unprotected");
    }
    const [protectedPart, , payload, signature] = parts;
    const headers = decodeCbor(protectedPart);
    if (!(headers instanceof Map) || headers.size !== 2 || !octets(headers.get(4))
      || !Number.isInteger(headers.get(1))) {
      throw malformed("expected algorithm and key id as protected headers");
    }
    if (headers.get(1) !== -7 || headers.get(4).length !== 8) {
      throw new Refusal("print_code.algorithm", "expected ES256 and a key id of 8 octets");
    }
    const toBeSigned = Uint8Array.from([
      0x84, ...words("Signature1"), ...bytes(protectedPart),
      ...bytes(new TextEncoder().encode(`${CONTEXT}${version}`)), ...bytes(payload),
    ]);
    return { version, keyId: hex(headers.get(4)), payload, signature, toBeSigned };
  }

  async function findSigner(code) {
    const candidates = TRUST.seals.filter((each) => each.id.startsWith(code.keyId));
    if (!candidates.length) {
      throw new Refusal("certificate.unlisted", `expected a listed issuing seal of key id ${code.keyId}`);
    }
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const signed = [];
    for (const each of candidates) {
      const point = Uint8Array.from(atob(each.key), (letter) => letter.charCodeAt(0));
      const key = await crypto.subtle.importKey("raw", point, algorithm, false, ["verify"]);
      if (await crypto.subtle.verify(algorithm, key, code.signature, code.toBeSigned)) signed.push(each);
    }
    if (!signed.length) {
      throw new Refusal("signature.value", "expected a signature made by the key of the named certificate");
    }
    return signed;
  }

  const day = (days) => new Date(days * 86400000).toISOString().slice(0, 10);
  const instant = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  const quoted = (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

  function readFields({ version, payload }) {
    const map = decodeCbor(payload);
    const wrong = (number) => malformed(`expected the fields of a print code, found something else at ${number}`);
    const check = (number, holds) => {
      let right = false;
      try { right = holds(map.get(number)); } catch { /* it is of another kind */ }
      if (!right) throw wrong(number);
    };
    const octets = (size) => (each) => each instanceof Uint8Array && each.length === size;
    const whole = (least) => (each) => Number.isInteger(each) && each >= least && each < 1e10;
    const text = (pattern) => (each) => typeof each === "string" && pattern.test(each);
    const country = text(/^[A-Z]{2}$/);
    const index = (names) => (each) => whole(0)(each) && each < names.length;
    const party = (each) => Array.isArray(each) && (each.length === 2 || each.length === 3)
      && country(each[0]) && typeof each[1] === "string" && each[1] !== ""
      && (each.length === 2 || octets(32)(each[2]));
    const measure = text(/^[0-9]{1,15}(\.[0-9]{1,6})?$/);
    const unit = text(/^[A-Z0-9]{2,3}$/);
    const item = (each) => Array.isArray(each) && (each.length === 5 || each.length === 7) && whole(1)(each[0])
      && text(/^[0-9]{6}([0-9]{2}){0,2}$/)(each[1])
      && (each[2] === null || measure(each[2])) && (each[3] === null || unit(each[3]))
      && text(/^[^]{1,64}$/)(each[4])
      && (each.length === 5 || (each[2] === null && measure(each[5]) && unit(each[6])));
    if (!(map instanceof Map) || [...map.keys()].some((each) => !(whole(1)(each) && each <= 17))) throw wrong("the map");
    check(1, octets(16));
    check(2, octets(32));
    check(3, (each) => Array.isArray(each) && each.length === 3 && country(each[0])
      && text(/^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$/)(each[1]) && text(/^[^]{1,35}$/u)(each[2]));
    check(4, text(/^([A-Z]{2}|REGION):[a-z][a-z-]{0,31}(:[A-Za-z0-9][A-Za-z0-9.-]{0,31})?$/));
    check(5, index(ENVIRONMENTS));
    check(6, index(COPIES));
    check(7, Number.isInteger);
    check(8, whole(0));
    check(9, whole(0));
    check(10, country);
    check(11, party);
    check(12, party);
    check(13, (each) => Array.isArray(each) && each.length === 2 && each.every(whole(1)) && each[0] <= each[1]);
    check(14, whole(1));
    check(15, (each) => Array.isArray(each) && each.every(item) && each.length <= map.get(14));
    for (const each of [16, 17]) if (map.has(each)) check(each, Number.isInteger);
    const weighs = map.get(15).some((each) => each.length === 7);
    if ((weighs ? WEIGHED : 1) !== version) throw wrong(15);
    return map;
  }

  async function verify(text, now) {
    const code = readCode(text);                                                      // P1
    const signers = await findSigner(code);                                           // P2, P3
    const fields = readFields(code);                                                  // P4
    const environment = ENVIRONMENTS[fields.get(5)];
    if ((environment === "parallel" ? "production" : environment) !== TRUST.environment) {  // P5
      throw new Refusal("environment.wrong", `expected a certificate that ${TRUST.environment} roots serve, found ${environment}`);
    }
    const issuer = `urn:swb:party:${fields.get(4)}`;
    const signedAt = fields.get(9) * 1000;
    const listed = signers.filter((each) => each.party === issuer);                   // P6
    if (!listed.length) throw new Refusal("certificate.unlisted", `expected a certificate that is listed for ${issuer}`);
    if (now > Date.parse(listed[0].list_until)) {
      throw undetermined("trust.list_expired", "expected a list in force; write this page anew with a newer trust bundle");
    }
    const holding = listed.find((each) => Date.parse(each.from) <= signedAt && signedAt <= Date.parse(each.until));
    if (!holding) {
      const early = signedAt < Date.parse(listed[0].from);
      throw new Refusal(early ? "certificate.not_yet_valid" : "certificate.expired", `expected a certificate that holds at ${instant(fields.get(9))}`);
    }
    if (holding.fault) throw new Refusal(holding.fault, `expected a seal that nothing was known against on ${TRUST.written_at}`, holding.verdict);
    const [state] = fields.get(3);
    const [own, role] = fields.get(4).split(":");
    if (own !== state || !TRUST.issuers.includes(role)) {                             // P7
      throw new Refusal("print_code.disagrees", `expected a code signed by an issuing authority of ${state}, found ${issuer}`);
    }
    if (signedAt - now > SKEW_MS || fields.get(9) < fields.get(8)) {                  // P8
      throw new Refusal("print_code.not_yet_valid", "expected a code signed after its document was sealed, and not in the future");
    }
    return fields;
  }

  // --- what people see ---

  const result = document.getElementById("result");
  const print = new Map();
  let common = "";

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const row = (cells, kind = "td", scope = "") => {
    const made = document.createElement("tr");
    cells.forEach((each, at) => made.append(
      at === 0 && scope ? element("th", each, { scope }) : element(kind, each, kind === "th" ? { scope: "col" } : {}),
    ));
    return made;
  };

  function showRefusal(error) {
    const known = error instanceof Refusal;
    const verdict = known ? error.verdict : "undetermined";
    result.replaceChildren(
      element("p", verdict.toUpperCase(), { class: `verdict ${verdict}` }),
      ...(MISREAD.includes(error.code) ? [element("p", SCAN_AGAIN, { class: "advice" })] : []),
      element("p", known ? `${error.code}: ${error.message}` : `It could not be verified here: ${error.message}`),
    );
  }

  function showPrint() {
    const sheets = [...print.keys()].sort((one, other) => one - other);
    const fields = print.get(sheets[0]);
    const party = ([country, name, digest]) => `${name}${digest ? " … (cut)" : ""}, ${country}`;
    const [state, office, number] = fields.get(3);
    const facts = [
      ["Reference number", number],
      ["Certificate key", [state, office, number].map(quoted).join(":")],
      ["Copy", `${COPIES[fields.get(6)]}, ${KEEPERS[fields.get(6)]}`],
      ["Environment", ENVIRONMENTS[fields.get(5)]],
      ["Issued on", day(fields.get(7))],
      ...(fields.has(17) ? [["First issued on", day(fields.get(17))]] : []),
      ...(fields.has(16) ? [["Valid until", day(fields.get(16))]] : []),
      ["Exporter", party(fields.get(11))],
      ["Consignee", party(fields.get(12))],
      ["Importing country", fields.get(10)],
      ["Sealed at", instant(fields.get(8))],
      ["Signed by", `urn:swb:party:${fields.get(4)}, ${instant(fields.get(9))}`],
      ["Digest", `sha-256:${hex(fields.get(2))}`],
      ["Pages read", `${sheets.length} of ${fields.get(13)[1]} (${sheets.join(", ")})`],
    ];
    const table = element("table", "");
    facts.forEach((each) => table.append(row(each, "td", "row")));
    const items = element("table", "", { class: "items" });
    items.append(row(["Item", "HS", "Quantity", "Criterion"], "th"));
    const measure = ([, , quantity, unit, , gross, grossUnit]) =>
      quantity !== null ? `${quantity} ${unit ?? ""}`
        : gross !== undefined ? `gross ${gross} ${grossUnit}` : "not in the code";
    for (const sheet of sheets) {
      for (const each of print.get(sheet).get(15)) {
        items.append(row([each[0], each[1], measure(each), each[4]], "td", "row"));
      }
    }
    const over = fields.has(16) && new Date().toISOString().slice(0, 10) > day(fields.get(16));
    const early = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10) < day(fields.get(7));
    const missing = sheets.length < fields.get(13)[1];
    const cautions = [
      ...WORTH[fields.get(5)],
      ...(missing ? ["PAGES MISSING"] : []), ...(over ? ["VALIDITY OVER"] : []),
      ...(early ? ["ISSUED ON A DAY TO COME"] : []),
      ...(fields.get(6) === 0 ? [] : ["NOT THE ORIGINAL"]),
    ];
    const unsaid = sheets.some((sheet) => print.get(sheet).get(15).some((each) => each[2] === null && each.length === 5));
    result.replaceChildren(
      element("p", [missing ? "UNDETERMINED" : "ACCEPTED", ...cautions].join(", "), { class: `verdict ${cautions.length ? "undetermined" : "accepted"}` }),
      table, items,
      ...(unsaid ? [element("p", "Where a quantity is not in the code, nobody vouches for the weight on the paper.")] : []),
      element("p", "Compare this with what is printed: the code vouches for nothing else on the paper, such as marks, descriptions, values, invoices, or the weight of what has a quantity."),
      element("p", `Not known offline: whether it was cancelled or used since ${instant(fields.get(9))}. Ask the gateway of your state, or the issuing authority (urn:swb:party:${fields.get(4)}).`),
    );
  }

  async function take(text) {
    const fields = await verify(text, Date.now());
    const shared = JSON.stringify([...fields].filter(([number]) => ![9, 13, 15].includes(number))
      .map(([number, value]) => [number, value instanceof Uint8Array ? hex(value) : value])) + fields.get(13)[1];
    const sheet = fields.get(13)[0];
    const before = print.get(sheet);
    if (common && common !== shared) throw new Refusal("print_code.mixed", "expected pages of one print, found one of another certificate; begin anew");
    if (before && JSON.stringify(before.get(15)) !== JSON.stringify(fields.get(15))) {
      throw new Refusal("print_code.mixed", `expected one code of page ${sheet}, found two that differ`);
    }
    const sheets = new Map([...print, [sheet, fields]]);
    const numbers = [...sheets.values()].flatMap((each) => each.get(15).map(([number]) => number));
    const most = fields.get(14);
    if (new Set(numbers).size < numbers.length || numbers.length > most
      || (sheets.size === fields.get(13)[1] && numbers.length < most)) {
      throw new Refusal("print_code.mixed", `expected each of ${most} items on one page, found ${numbers.join(", ") || "none"}`);
    }
    common = shared;
    print.set(sheet, fields);
  }

  // Each code begins a line, and goes on over lines that mail wrapped.
  function splitCodes(text) {
    const codes = [];
    for (const line of text.split("\n").map((each) => each.replace(/\r$/, ""))) {
      if (ANY_PREFIX.test(line.trimStart()) || !ANY_PREFIX.test(codes.at(-1) ?? "")) {
        if (line.trimStart()) codes.push(line.trimStart());
      } else if (line.trim()) codes.push(codes.pop() + line);
    }
    return codes;
  }

  async function takeAll(texts) {
    try {
      if (!texts.length) throw undetermined("print_code.none", "expected the text of a code, found none");
      for (const text of texts) await take(text);
      showPrint();
    } catch (error) {
      showRefusal(error);
    }
  }

  async function scan(source, width, height) {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
      return found.map((each) => each.rawValue);
    }
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, width, height);
    try {
      return [qrDecoder.decodeQR(context.getImageData(0, 0, width, height))];
    } catch {
      return [];
    }
  }

  async function openPicture(file) {
    if (await file.slice(0, 5).text() === "%PDF-") {
      throw undetermined("print_code.unreadable", `${file.name} is a PDF, which this page cannot open: open it, and give a picture of the screen, or scan the code with the camera`);
    }
    try {
      return await createImageBitmap(file);
    } catch {
      throw undetermined("print_code.unreadable", `expected a picture, found ${file.name}, which is none that this browser can open`);
    }
  }

  document.getElementById("asking").addEventListener("submit", (event) => {
    event.preventDefault();
    takeAll(splitCodes(document.getElementById("text").value));
  });
  document.getElementById("clear").addEventListener("click", () => {
    print.clear();
    common = "";
    document.getElementById("asking").reset();
    result.replaceChildren();
  });
  document.getElementById("file").addEventListener("change", async (event) => {
    if (!event.target.files.length) return;
    const texts = [];
    try {
      for (const file of event.target.files) {
        const image = await openPicture(file);
        const found = (await scan(image, image.width, image.height)).filter((each) => ANY_PREFIX.test(each));
        if (!found.length) throw undetermined("print_code.none", `no code of ours could be read in ${file.name}: take the picture nearer and sharper; a print without a code says so at its foot`);
        texts.push(...found);
      }
      await takeAll(texts);
    } catch (error) {
      showRefusal(error);
    }
  });

  const video = document.getElementById("video");
  const [start, stop] = ["camera", "stop"].map((each) => document.getElementById(each));
  const close = () => {
    video.srcObject?.getTracks().forEach((each) => each.stop());
    video.srcObject = null;
    [video.hidden, stop.hidden, start.hidden] = [true, true, false];
  };
  stop.addEventListener("click", close);
  start.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
      [video.hidden, stop.hidden, start.hidden] = [false, false, true];
      await video.play();
      const seen = new Set();
      while (video.srcObject) {
        const found = await scan(video, video.videoWidth, video.videoHeight);
        const fresh = found.filter((each) => ANY_PREFIX.test(each) && !seen.has(each));
        fresh.forEach((each) => seen.add(each));
        if (fresh.length) await takeAll(fresh);
        await new Promise((resolve) => { requestAnimationFrame(resolve); });
      }
    } catch (error) {
      close();
      showRefusal(error);
    }
  });
})();
