// Compact JWE by jose, which shares no line of code with this project.
import "./engine.mjs";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";

/** Open a body with a private key in PEM; the octets in base64, and the header. */
export async function open({ jwe, key }) {
  const opened = await compactDecrypt(jwe, createPrivateKey(key), {
    keyManagementAlgorithms: ["ECDH-ES"],
    contentEncryptionAlgorithms: ["A256GCM"],
  });
  return {
    content: Buffer.from(opened.plaintext).toString("base64"),
    header: opened.protectedHeader,
  };
}

/** Encrypt octets, in base64, for a public key in PEM; by other algorithms where that is asked. */
export async function make({ content, key, kid, alg, enc }) {
  return await new CompactEncrypt(Buffer.from(content, "base64"))
    .setProtectedHeader({ alg: alg ?? "ECDH-ES", enc: enc ?? "A256GCM", kid })
    .encrypt(createPublicKey(key));
}
