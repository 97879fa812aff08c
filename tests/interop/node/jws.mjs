// JWS in the General JSON Serialization by jose, which shares no line of code with this project.
import "./engine.mjs";
import { createPrivateKey } from "node:crypto";
import { GeneralSign } from "jose";

/** Sign octets, in base64, with private keys in PEM; one signature for each. */
export async function sign({ content, signers }) {
  const signed = new GeneralSign(Buffer.from(content, "base64"));
  for (const { key, kid, alg } of signers) {
    signed.addSignature(createPrivateKey(key)).setProtectedHeader({ alg: alg ?? "ES256", kid });
  }
  return await signed.sign();
}
