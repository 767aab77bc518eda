"""The words of the certificate: one wording that the PDF and its HTML twin both print."""

from dataclasses import dataclass
from datetime import date

from certhub.documents.facts import CertificateFacts

SEAL_ALT = (
    "Seal of pediatric care coordination in Massachusetts: two adults shelter a child "
    "inside a ring of six joined points, one for each region."
)

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_GROUP = 4
_LONG_NAME = 34
_VERY_LONG_NAME = 76


@dataclass(frozen=True, slots=True)
class Term:
    """One labelled fact in the row under the statement; `note` is the smaller line below the value."""

    label: str
    value: str
    note: str = ""
    iso_date: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Each line that is printed, ready to set."""

    document_title: str
    issuer: tuple[str, ...]
    title: str
    preamble: str
    holder_name: str
    holder_length: str
    holder_detail: str
    statement: str
    terms: tuple[Term, ...]
    dates_because: str
    signatory_name: str
    signatory_title: str
    verify_label: str
    verification_url: str
    verification_url_in_two: str
    code_label: str
    verification_code: str
    serial_line: str
    seal_alt: str
    qr_alt: str


def wording(facts: CertificateFacts) -> Wording:
    """The words for these facts."""
    serial_line = f"Certificate serial number {facts.serial}"
    if facts.supersedes is not None:
        serial_line += f", replacing certificate {facts.supersedes}"
    return Wording(
        document_title=f"{facts.title}: {facts.holder_name} ({facts.credential_number})",
        issuer=facts.issuer,
        title=facts.title,
        preamble="This certificate is awarded to",
        holder_name=facts.holder_name,
        holder_length=_length_class(facts.holder_name),
        holder_detail=facts.holder_detail,
        statement=facts.statement,
        terms=(
            Term("Credential number", facts.credential_number),
            Term("Standard", f"{facts.standard_code}, version {facts.standard_version}", facts.standard_title),
            _day("Issued", facts.issued_on),
            _day("Valid from", facts.starts_on),
            _day("Valid through", facts.expires_on),
        ),
        dates_because=facts.dates_because,
        signatory_name=facts.signatory_name,
        signatory_title=facts.signatory_title,
        verify_label="Verify at",
        verification_url=facts.verification_url,
        verification_url_in_two="/\n".join(facts.verification_url.rsplit("/", 1)),
        code_label="Verification code",
        verification_code=grouped(facts.verification_code),
        serial_line=f"{serial_line}.",
        seal_alt=SEAL_ALT,
        qr_alt=f"QR code that opens the page to verify this certificate: {facts.verification_url}",
    )


def long_date(day: date) -> str:
    """The date as people write it in Massachusetts, whatever the machine's locale: July 31, 2028."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def grouped(code: str) -> str:
    """The code in groups of four for reading aloud; a code that has its own groups stays as it is."""
    if not code.isalnum():
        return code
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _day(label: str, day: date) -> Term:
    return Term(label, long_date(day), iso_date=day.isoformat())


def _length_class(name: str) -> str:
    if len(name) > _VERY_LONG_NAME:
        return "very-long"
    return "long" if len(name) > _LONG_NAME else "usual"
