"""Canonical documents as frozen models, one module per document type and major version.

Names follow UN/CEFACT and the WCO Data Model. The XSD files in ``swb_schemas/xsd`` are the
published contract; these models mirror them, and a test compares the two field by field.
"""

from swb_schemas.documents.acknowledgements import RelayReceipt, TransportAck
from swb_schemas.documents.animal_health_certificate import AnimalHealthCertificate
from swb_schemas.documents.cancellation import Cancellation, CancellationReply
from swb_schemas.documents.certificate_of_origin import CertificateOfOrigin
from swb_schemas.documents.customs import AboutCertificate, CustomsReceipt, CustomsResponse
from swb_schemas.documents.declaration_extract import DeclarationExtract
from swb_schemas.documents.declaration_withdrawal import DeclarationWithdrawal
from swb_schemas.documents.elements import Document, Environment, fold_text
from swb_schemas.documents.exchange import ExchangeList, ExchangeSummary
from swb_schemas.documents.food_safety_certificate import FoodSafetyCertificate
from swb_schemas.documents.inspection import CertificateOfConformity, CleanReportOfFindings
from swb_schemas.documents.leading import LeadingDocument
from swb_schemas.documents.log_cosignature import LogCosignature
from swb_schemas.documents.outage_notice import OutageNotice
from swb_schemas.documents.phytosanitary_certificate import PhytosanitaryCertificate
from swb_schemas.documents.retransmission import RetransmissionReply, RetransmissionRequest
from swb_schemas.documents.verification import (
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)

__all__ = [
    "AboutCertificate",
    "AnimalHealthCertificate",
    "Cancellation",
    "CancellationReply",
    "CertificateOfConformity",
    "CertificateOfOrigin",
    "CleanReportOfFindings",
    "CustomsReceipt",
    "CustomsResponse",
    "DeclarationExtract",
    "DeclarationWithdrawal",
    "Document",
    "Environment",
    "ExchangeList",
    "ExchangeSummary",
    "FoodSafetyCertificate",
    "LeadingDocument",
    "LogCosignature",
    "OutageNotice",
    "PhytosanitaryCertificate",
    "RelayReceipt",
    "RetransmissionReply",
    "RetransmissionRequest",
    "TransportAck",
    "VerificationOutcome",
    "VerificationReply",
    "VerificationRequest",
    "fold_text",
]
