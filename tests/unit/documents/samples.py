"""Facts of a certificate for tests, each of them different enough to be told apart on the page."""

from datetime import date
from typing import Any

from certhub.documents.facts import CertificateFacts
from certhub.rules.vocabulary import SubjectType

USUAL: dict[str, Any] = {
    "credential_number": "CC-2026-000123-4",
    "subject_type": SubjectType.COORDINATOR,
    "holder_name": "Maria Fernanda Gonçalves",
    "holder_detail": "Social worker",
    "title": "Certified Pediatric Care Coordinator",
    "statement": "The holder has met every requirement for coordinating the care of children with special needs.",
    "standard_code": "CC-CORE",
    "standard_title": "Core standard for pediatric care coordinators",
    "standard_version": "1",
    "starts_on": date(2026, 8, 14),
    "expires_on": date(2028, 7, 31),
    "issued_on": date(2026, 8, 17),
    "dates_because": "Two years from the decision of August 14, 2026, up to July 31 of the even year.",
    "issuer": ("Commonwealth of Massachusetts", "Department of Public Health"),
    "signatory_name": "Eleanor A. Whitcomb",
    "signatory_title": "Director, Division for Children and Youth",
    "verification_code": "K7QM2XWA9FTR4HZP6BND3VCEJS",
    "verification_url": "https://certhub.example.gov/verify/K7QM2XWA9FTR4HZP6BND3VCEJS",
    "serial": "000417",
    "supersedes": "000102",
}

HOSTILE_NAMES = (
    '<meta name="pdfkit-enable-local-file-access"> Ng',
    "<script>document.write('owned')</script> Ng",
    "<iframe src=file:///etc/passwd></iframe> Ng",
    '#read("/etc/passwd") *bold* _slanted_ $x^2$ Ng',
    "\\ #sys.inputs `raw` <label> @ref = Title {{ words }} {% raw %} \" ' & Ng",
)


def certificate_facts(**changes: Any) -> CertificateFacts:
    """The usual facts, with changes."""
    return CertificateFacts(**(USUAL | changes))


def facts_of(subject: SubjectType) -> CertificateFacts:
    """A certificate as each kind of holder gets it."""
    match subject:
        case SubjectType.COORDINATOR:
            return certificate_facts()
        case SubjectType.VENDOR:
            return certificate_facts(
                subject_type=subject,
                credential_number="VO-2026-0042-7",
                holder_name="Bay State Family Supports, Inc.",
                holder_detail="Worcester",
                title="Certified Vendor Organization",
                standard_code="VO-CORE",
                supersedes=None,
            )
        case SubjectType.PRACTICE:
            return certificate_facts(
                subject_type=subject,
                credential_number="PC-2026-0007-1",
                holder_name="Northampton Pediatrics",
                holder_detail="",
                title="Medical Home Commitment",
                standard_code="PR-CORE",
                supersedes=None,
            )
        case SubjectType.TRAINING_PROGRAM:
            return certificate_facts(
                subject_type=subject,
                credential_number="TP-2026-003-9",
                holder_name="Family Partners Academy",
                holder_detail="Springfield",
                title="Approved Training Program",
                standard_code="TP-CORE",
                supersedes=None,
            )
