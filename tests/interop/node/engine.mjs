// Node 18 has the engine of today's libraries under another name.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
