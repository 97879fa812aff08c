// As much of DER (X.690) as certificates need.

/** One value: its tag, its content, and where it ends. Throws where the octets are no DER. */
export class Value {
  constructor(octets, start = 0) {
    const [tag, first] = [octets[start], octets[start + 1]];
    if (first === undefined || (tag & 0x1f) === 0x1f) throw new Error("no DER");
    let at = start + 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 3 || at + count > octets.length) throw new Error("no DER length");
      length = octets.readUIntBE(at, count);
      at += count;
      if (length < 0x80 || length < 1 << (8 * (count - 1))) throw new Error("a longer DER length");
    }
    if (at + length > octets.length) throw new Error("DER ends too early");
    this.tag = tag;
    this.content = octets.subarray(at, at + length);
    this.octets = octets.subarray(start, at + length);
  }

  /** What a constructed value holds, in order. */
  get members() {
    const members = [];
    for (let at = 0; at < this.content.length; ) {
      const member = new Value(this.content, at);
      members.push(member);
      at += member.octets.length;
    }
    return members;
  }

  /** An object identifier in dotted form. */
  get oid() {
    const arcs = [];
    let arc = 0;
    for (const octet of this.content) {
      arc = arc * 128 + (octet & 0x7f);
      if (octet < 0x80) {
        arcs.push(arc);
        arc = 0;
      }
    }
    const top = Math.min(Math.floor(arcs[0] / 40), 2);
    return [top, arcs[0] - 40 * top, ...arcs.slice(1)].join(".");
  }

  /** A UTCTime or GeneralizedTime, as RFC 5280 has them, in microseconds since 1970. */
  get time() {
    const text = this.content.toString("latin1");
    const short = this.tag === 0x17;
    const found = (short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(text);
    if (found === null) throw new Error("no time of RFC 5280");
    const [year, month, ...rest] = found.slice(1).map(Number);
    const full = short ? year + (year < 50 ? 2000 : 1900) : year;
    return BigInt(Date.UTC(full, month - 1, ...rest)) * 1000n;
  }

  /** Whether a BIT STRING has a bit, counted from the left. */
  bit(number) {
    return ((this.content[1 + (number >> 3)] ?? 0) & (0x80 >> (number & 7))) !== 0;
  }
}
