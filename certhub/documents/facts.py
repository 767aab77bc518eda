"""What a certificate says: the facts frozen at the moment of issue, and nothing else."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from certhub.rules.vocabulary import SubjectType

TEMPLATE_VERSION = "certificate-1"
"""Which wording and layout printed the facts; raise it with every visible change, for the record keeps it."""

LONGEST = {
    "credential_number": 40,
    "holder_name": 200,
    "holder_detail": 120,
    "title": 80,
    "statement": 320,
    "standard_code": 24,
    "standard_title": 100,
    "standard_version": 12,
    "dates_because": 200,
    "signatory_name": 80,
    "signatory_title": 120,
    "verification_code": 64,
    "verification_url": 240,
    "supersedes": 40,
    "serial": 40,
}
"""The most characters of each text that fit the page; the layout is tested with all of them at once."""

LONGEST_ISSUER_LINE = 80
MOST_ISSUER_LINES = 2

_MAY_BE_EMPTY = frozenset({"holder_detail"})
_DATES = ("starts_on", "expires_on", "issued_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """Everything that is printed on one certificate.

    Raises `ValueError` for a text that is missing or too long to print, and for a term that ends before it starts.
    """

    credential_number: str
    subject_type: SubjectType
    holder_name: str
    holder_detail: str
    title: str
    statement: str
    standard_code: str
    standard_title: str
    standard_version: str
    starts_on: date
    expires_on: date
    issued_on: date
    dates_because: str
    issuer: tuple[str, ...]
    signatory_name: str
    signatory_title: str
    verification_code: str
    verification_url: str
    serial: str
    supersedes: str | None = None

    def __post_init__(self) -> None:
        for name, longest in LONGEST.items():
            text = getattr(self, name)
            if text is None and name == "supersedes":
                continue
            if not text.strip() and name not in _MAY_BE_EMPTY:
                raise ValueError(f"A certificate needs its {_plain(name)}.")
            if len(text) > longest:
                raise ValueError(
                    f"The {_plain(name)} has {len(text)} characters, and a certificate has room for {longest}."
                )
        if not 1 <= len(self.issuer) <= MOST_ISSUER_LINES:
            raise ValueError(f"The issuer takes 1 to {MOST_ISSUER_LINES} lines, not {len(self.issuer)}.")
        for line in self.issuer:
            if not line.strip() or len(line) > LONGEST_ISSUER_LINE:
                raise ValueError(f"Each line of the issuer has 1 to {LONGEST_ISSUER_LINE} characters.")
        if self.expires_on < self.starts_on:
            raise ValueError(f"The term would end on {self.expires_on}, before it starts on {self.starts_on}.")

    def to_json(self) -> str:
        """The facts as canonical JSON: keys sorted, no spaces, so that equal facts are equal texts."""
        plain = asdict(self)
        plain.update({name: plain[name].isoformat() for name in _DATES})
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The facts that `to_json` wrote; raises `ValueError` for any other text."""
        plain: Any = json.loads(text)
        if not isinstance(plain, dict) or set(plain) != {field.name for field in fields(cls)}:
            raise ValueError("This text does not hold the facts of a certificate.")
        plain.update({name: date.fromisoformat(plain[name]) for name in _DATES})
        plain["issuer"] = tuple(plain["issuer"])
        plain["subject_type"] = SubjectType(plain["subject_type"])
        return cls(**plain)

    def texts(self) -> dict[str, str]:
        """Every free text on the page by its name, for the check that the fonts can print it."""
        written = {name: getattr(self, name) or "" for name in LONGEST}
        return written | {f"issuer line {place}": line for place, line in enumerate(self.issuer, start=1)}


def _plain(name: str) -> str:
    return name.replace("_", " ")
