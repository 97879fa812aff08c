// JSON (RFC 8259) without members that stand twice, and forms that a value can be held against.

const TOKEN = /[\x20\t\n\r]*(?:([{}[\],:])|("[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|$)/y;

/** The value, or undefined where the text is no JSON or an object has a member twice. */
export function parseJson(text) {
  let at = 0;
  let levels = 0;
  const next = () => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new SyntaxError();
    at = TOKEN.lastIndex;
    return found;
  };
  const value = ([, sign, string, other]) => {
    if (string !== undefined) return JSON.parse(string);
    if (other !== undefined) return JSON.parse(other);
    if ((sign !== "{" && sign !== "[") || ++levels > 64) throw new SyntaxError();
    const read = sign === "{" ? members() : items();
    levels -= 1;
    return read;
  };
  const members = () => {
    const read = new Map();
    let token = next();
    if (token[1] === "}") return {};
    for (;;) {
      const name = token[2] === undefined ? undefined : JSON.parse(token[2]);
      if (name === undefined || read.has(name) || next()[1] !== ":") throw new SyntaxError();
      read.set(name, value(next()));
      const sign = next()[1];
      if (sign === "}") return Object.fromEntries(read);
      if (sign !== ",") throw new SyntaxError();
      token = next();
    }
  };
  const items = () => {
    const read = [];
    let token = next();
    if (token[1] === "]") return read;
    for (;;) {
      read.push(value(token));
      const sign = next()[1];
      if (sign === "]") return read;
      if (sign !== ",") throw new SyntaxError();
      token = next();
    }
  };
  try {
    const read = value(next());
    return next()[0].trim() === "" && at === text.length ? read : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Forms: each takes a value and says whether it fits. */
export const text = (pattern) => (value) => typeof value === "string" && pattern.test(value);
export const words = (...allowed) => (value) => allowed.includes(value);
export const whole = (least, most = Number.MAX_SAFE_INTEGER) => (value) =>
  Number.isInteger(value) && value >= least && value <= most;
export const list = (form, least = 0, most = Infinity) => (value) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every(form);
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** An object of any names, all of one form. */
export const table = (name, form) => (value) =>
  isObject(value) && Object.entries(value).every(([each, held]) => name.test(each) && form(held));
/** An object that has all of the first members, perhaps some of the second, and no other. */
export const record = (needed, allowed = {}) => (value) =>
  isObject(value) &&
  Object.keys(needed).every((name) => Object.hasOwn(value, name)) &&
  Object.entries(value).every(([name, held]) => {
    const form = Object.hasOwn(needed, name) ? needed[name] : Object.hasOwn(allowed, name) ? allowed[name] : null;
    return form !== null && form(held);
  });
