// The types of messages: the second table of "The sealed document", and what a document of each says
// that its seal header repeats.

const approval = "approval";
const receipt = "receipt";
const SEALS = {
  issuing: "issuing-seal",
  customs: "customs-seal",
  phytosanitary: "phytosanitary-seal",
  "animal-health": "animal-health-seal",
  "food-safety": "food-safety-seal",
  gateway: "receipt-seal",
  router: "receipt-seal",
};

const dashed = (name) => name.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();

/** Name of the type, role that seals, roles that it is for, commitment, and facts of the document. */
function type(name, by, receivers, commitment, facts = {}) {
  const element = facts.element ?? name;
  const namespace = `urn:swb:${dashed(element)}:1`;
  const xsd = `${dashed(element)}-1.xsd`;
  return [name, { name, by, purpose: SEALS[by], receivers, commitment, element, namespace, xsd, ...facts }];
}

const certificate = { issuer: "IssuingCountry", key: "", importer: "ImportingCountry" };
const inspection = { ...certificate, issued: ["IssueDate"] };
const origin = {
  ...certificate,
  element: "CertificateOfOrigin",
  importer: "ExporterDeclaration/ImportingCountry",
  agreement: "Agreement",
  edition: "Edition",
  issued: ["Certification/OriginalIssueDate", "Certification/Date"],
};
const sanitary = (office, agreement) => ({
  fixedAgreement: agreement,
  issued: ["Issued/Day"],
  issuer: "ExportCountry/Code",
  importer: "ImportCountry/Code",
  key: "",
  office,
  takesBack: ["WITHDRAWN", "REJECTED"],
});
const ofIssuer = (number) => ({ key: "Subject", issuer: "Subject/IssuingCountry", number });
const ofCustoms = (number) => ({ key: "Subject", importer: "Subject/IssuingCountry", number });

export const TYPES = new Map([
  type("CertificateIssue", "issuing", ["customs"], approval, origin),
  type("DeclarationExtract", "customs", ["customs"], approval, {
    ...certificate,
    issued: ["AcceptanceDate"],
  }),
  type("CertificateOfConformity", "issuing", ["customs"], approval, inspection),
  type("CleanReportOfFindings", "issuing", ["customs"], approval, inspection),
  type("CustomsReceipt", "customs", ["customs", "issuing"], receipt, ofCustoms()),
  type("CustomsResponse", "customs", ["issuing"], approval, ofCustoms("ResponseNumber")),
  type("Cancellation", "issuing", ["customs"], approval, ofIssuer("CancellationNumber")),
  type("DeclarationWithdrawal", "customs", ["customs"], approval, ofIssuer("CancellationNumber")),
  type("CancellationReply", "customs", ["customs", "issuing"], approval, ofCustoms("CancellationNumber")),
  type("VerificationRequest", "customs", ["issuing"], "origin", ofCustoms("RequestNumber")),
  type("VerificationReply", "issuing", ["customs"], approval, ofIssuer("RequestNumber")),
  type("VerificationOutcome", "customs", ["issuing"], approval, ofCustoms("RequestNumber")),
  type("PhytosanitaryCertificate", "phytosanitary", ["phytosanitary"], approval, sanitary("NPPO", "IPPC")),
  type("AnimalHealthCertificate", "animal-health", ["animal-health"], approval, sanitary("VET", "WOAH")),
  type("FoodSafetyCertificate", "food-safety", ["food-safety"], approval, sanitary("FOOD", "CODEX")),
  type("TransportAck", "gateway", ["gateway"], receipt),
  type("RelayReceipt", "router", ["gateway"], receipt),
  type("LogCosignature", "gateway", ["router"], receipt),
  type("ExchangeSummary", "gateway", ["gateway"], receipt),
  type("ExchangeList", "gateway", ["gateway"], receipt),
  type("RetransmissionRequest", "gateway", ["gateway"], "origin"),
  type("RetransmissionReply", "gateway", ["gateway"], receipt),
  type("OutageNotice", "gateway", ["gateway"], "origin"),
]);

/** Unreserved characters of RFC 3986 stand as they are, all others as octets of UTF-8. */
function percentEncoded(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function keyOf(root, { key, issuer, office }) {
  if (key === undefined) return undefined;
  const subject = key === "" ? root : root.elements(key)[0];
  const state = key === "" ? root.text(issuer) : subject.text("IssuingCountry");
  const parts = [office ?? subject.text("IssuingOffice"), subject.text("ReferenceNumber")];
  return [state, ...parts.map(percentEncoded)].join(":");
}

/** What a document of a type says of itself; undefined where it says nothing. */
export function factsOf(root, type) {
  const days = (type.issued ?? []).map((path) => root.text(path));
  const takesBack = type.takesBack?.includes(root.text("Status")) ? "1" : "0";
  return {
    version: root.attribute("version"),
    agreement: type.fixedAgreement ?? (type.agreement && root.text(type.agreement)),
    edition: type.edition && root.text(type.edition),
    issuer: type.issuer && root.text(type.issuer),
    importer: type.importer && root.text(type.importer),
    key: keyOf(root, type),
    revision: type.number ? root.text(type.number) : takesBack,
    issued: days.find((each) => each !== undefined),
  };
}
