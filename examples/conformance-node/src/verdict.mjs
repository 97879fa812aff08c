// How a judgement ends where it does not accept.

/** Refused for good, or undetermined: judge again later. `code` is one of docs/reference/wire.md. */
export class Refusal extends Error {
  constructor(code, detail = "", verdict = "refused") {
    super(detail || code);
    this.code = code;
    this.verdict = verdict;
  }
}

export function refuse(code, detail) {
  throw new Refusal(code, detail);
}

/** Say that nothing can be said now. */
export function defer(code, detail) {
  throw new Refusal(code, detail, "undetermined");
}

/** Refuse unless something holds. */
export function demand(holds, code, detail) {
  if (!holds) refuse(code, detail);
}
