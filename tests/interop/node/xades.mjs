// XAdES by xadesjs, which shares no line of code with this project. Its enveloped-signature transform
// takes away signatures below the root alone, so it can judge sealed documents, and no messages.
import "./engine.mjs";
import { webcrypto } from "node:crypto";
import * as xmldom from "@xmldom/xmldom";
import * as xades from "xadesjs";
import xpath from "xpath";

xades.setNodeDependencies({
  XMLSerializer: xmldom.XMLSerializer,
  DOMParser: xmldom.DOMParser,
  DOMImplementation: xmldom.DOMImplementation,
  xpath,
});
xades.Application.setEngine("node", webcrypto);

const DS = "http://www.w3.org/2000/09/xmldsig#";

/** Whether the one signature of a file holds by the key of the certificate in it. */
export async function verify({ xml }) {
  const document = xades.Parse(xml);
  const signed = new xades.SignedXml(document);
  signed.LoadXml(document.getElementsByTagNameNS(DS, "Signature")[0]);
  return await signed.Verify();
}
