"""Identifiers and names: what is well formed, what people mean when they type it, and what CertHub issues.

Everything that a person types is normalised first (spaces, case, look-alike characters) and refused with a sentence
that says what to type instead.
"""

import base64
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import SubjectType

MAX_NAME_LENGTH = 200

_CREDENTIAL_PREFIX = {
    # prefix, digit that stands for the prefix in the check digit, least width of the sequence
    SubjectType.COORDINATOR: ("CC", 3, 6),
    SubjectType.VENDOR: ("VO", 1, 4),
    SubjectType.PRACTICE: ("PC", 2, 4),
    SubjectType.TRAINING_PROGRAM: ("TP", 4, 3),
}
_SUBJECT_OF_PREFIX = {prefix: subject for subject, (prefix, _, _) in _CREDENTIAL_PREFIX.items()}

_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
"""Damm's quasigroup: a check digit over it catches each wrong digit and each swap of two neighbours."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _CROCKFORD)
_CODE_BYTES = 16
_CODE_LENGTH = 26
_CODE_GROUP = 4

_SEPARATORS = re.compile(r"[\s\-_./\u00ad\u2010-\u2015\u2212]+")
_LOOKALIKE_DIGITS = str.maketrans("OIL", "011")

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PLAIN_WHITE_SPACE = frozenset("\t\n\v\f\r")

_MA_ZIP = re.compile(r"0(?:1\d|2[0-7]|55)\d\d")


# --- credential numbers -----------------------------------------------------------------------------------------------


def credential_number(subject_type: SubjectType, year: int, sequence: int) -> str:
    """The number of a credential, for example `CC-2026-000123-4`.

    A sequence that outgrows its width takes more digits. The check digit covers the kind as well, so that a number of
    one kind is never a number of another. Numbers are never used again.

    Raises ValueError for a sequence below 1 or a year of other than four digits.
    """
    if sequence < 1 or not 1000 <= year <= 9999:  # noqa: PLR2004  (the least and greatest year of four digits)
        raise ValueError(f"no credential number for year {year}, sequence {sequence}")
    prefix, prefix_digit, width = _CREDENTIAL_PREFIX[subject_type]
    padded = f"{sequence:0{width}d}"
    return f"{prefix}-{year}-{padded}-{_damm(f'{prefix_digit}{year}{padded}')}"


def require_credential_number(text: str, *, field: str | None = "number") -> str:
    """The credential number that a person meant; refuses one that cannot have been issued.

    Missing or odd separators, lower case, O for 0, and I or l for 1 are understood.
    """
    typed = _squeezed(text)
    parts = re.fullmatch(r"([A-Z0]{2})([0-9OIL]{4})([0-9OIL]{3,18})([0-9OIL])", typed, re.ASCII)
    subject = parts and _SUBJECT_OF_PREFIX.get(parts[1].replace("0", "O"))
    if not parts or subject is None:
        raise Refusal(
            "A credential number looks like CC-2026-000123-4. It starts with CC, VO, PC or TP. "
            "Check the number on the certificate and type it again.",
            field=field,
        )
    year, sequence, check = (parts[group].translate(_LOOKALIKE_DIGITS) for group in (2, 3, 4))
    prefix, prefix_digit, width = _CREDENTIAL_PREFIX[subject]
    number = f"{prefix}-{year}-{sequence}-{check}"
    if _damm(f"{prefix_digit}{year}{sequence}{check}") != 0:
        raise Refusal(
            f"{number} is not a credential number: its last digit does not fit the others, "
            "so one of them is mistyped. Compare it with the certificate.",
            field=field,
        )
    if year.startswith("0") or sequence != f"{int(sequence):0{width}d}" or int(sequence) == 0:
        raise Refusal(
            f"{number} is not a credential number: it has too many or too few digits. Compare it with the certificate.",
            field=field,
        )
    return number


def _damm(digits: str) -> int:
    """The check digit of `digits`; 0 for digits that end with their own check digit."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim


# --- verification codes -----------------------------------------------------------------------------------------------


def new_verification_code(random_bytes: bytes) -> str:
    """A certificate's verification code from 128 random bits, in Crockford's base 32, grouped by four for reading.

    The caller draws the bytes from the system's secure source; the code is never derived from what it verifies.

    Raises ValueError unless there are exactly 16 bytes.
    """
    if len(random_bytes) != _CODE_BYTES:
        raise ValueError(f"a verification code is made of {_CODE_BYTES} random bytes, not {len(random_bytes)}")
    return _grouped(base64.b32encode(random_bytes).decode("ascii").rstrip("=").translate(_TO_CROCKFORD))


def normalise_verification_code(text: str) -> str | None:
    """The verification code that a person meant, in the form in which it is stored; None if it cannot be one."""
    code = _squeezed(text).translate(_LOOKALIKE_DIGITS)
    if len(code) != _CODE_LENGTH or any(character not in _CROCKFORD for character in code):
        return None
    return _grouped(code)


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _CODE_GROUP] for start in range(0, len(code), _CODE_GROUP))


# --- identifiers that others issue ------------------------------------------------------------------------------------


def npi_is_valid(npi: str) -> bool:
    """Whether ten digits are a National Provider Identifier: first digit 1 or 2, Luhn over 80840 and the digits."""
    if not re.fullmatch(r"[12][0-9]{9}", npi, re.ASCII):
        return False
    total = 0
    for position, character in enumerate(reversed(f"80840{npi}")):
        digit = int(character)
        total += digit if position % 2 == 0 else sum(divmod(2 * digit, 10))
    return total % 10 == 0


def require_npi(text: str, *, field: str | None = "npi") -> str:
    """The ten digits of a National Provider Identifier; refuses one whose check digit is wrong."""
    npi = _squeezed(text)
    if not re.fullmatch(r"[0-9]{10}", npi, re.ASCII):
        raise Refusal("An NPI has 10 digits. Type all 10 digits and nothing else.", field=field)
    if not npi_is_valid(npi):
        raise Refusal(
            "This is not a valid NPI: its last digit does not fit the others. "
            "Look the NPI up in the NPPES registry and type it again.",
            field=field,
        )
    return npi


def require_vendor_code(text: str, *, field: str | None = "vendor_code") -> str:
    """A Commonwealth vendor code: VC and ten digits, as the state's accounting system (MMARS) numbers them."""
    code = _squeezed(text)
    if not re.fullmatch(r"VC[0-9]{10}", code, re.ASCII):
        raise Refusal("A vendor code is VC and 10 digits, for example VC6000000001.", field=field)
    return code


# --- names ------------------------------------------------------------------------------------------------------------


def require_person_name(text: str, *, field: str | None = "name") -> str:
    """A person's name in any script, tidied; refuses what cannot be shown or stored safely."""
    name = _tidied_name(text, field)
    if not any(unicodedata.category(character)[0] == "L" for character in name):
        raise Refusal("Enter a name with at least one letter.", field=field)
    return name


def require_organization_name(text: str, *, field: str | None = "name") -> str:
    """An organization's name in any script, tidied; refuses what cannot be shown or stored safely."""
    name = _tidied_name(text, field)
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise Refusal("Enter a name with at least one letter or digit.", field=field)
    return name


def _tidied_name(text: str, field: str | None) -> str:
    """Composed (NFC), trimmed, with single spaces.

    Direction overrides are refused because they make one name look like another on a certificate. Right-to-left names
    do not need them.
    """
    for character in text:
        if character in _BIDI_OVERRIDES:
            raise Refusal(
                "This name holds a hidden character that changes the direction of the text. Type the name again.",
                field=field,
            )
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in _PLAIN_WHITE_SPACE:
            raise Refusal("This name holds a hidden control character. Type the name again.", field=field)
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if len(name) > MAX_NAME_LENGTH:
        raise Refusal(f"This name has {len(name):,} characters. Shorten it to at most {MAX_NAME_LENGTH}.", field=field)
    return name


# --- contact ----------------------------------------------------------------------------------------------------------


def normalise_email(text: str) -> str:
    """The form in which an e-mail address is stored and looked up: trimmed and in lower case; never refuses."""
    try:
        return _deliverable_email(text)
    except EmailNotValidError:
        return text.strip().lower()


def require_email(text: str, *, field: str | None = "email") -> str:
    """An e-mail address that mail can be sent to, in lower case; a domain in another script becomes its ASCII form."""
    try:
        return _deliverable_email(text)
    except EmailNotValidError as problem:
        raise Refusal("Enter an e-mail address like name@example.org.", field=field) from problem


def _deliverable_email(text: str) -> str:
    address = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    # Without SMTPUTF8 every accepted address has an ASCII form.
    return str(address.ascii_email).lower()


def require_phone(text: str, *, field: str | None = "phone") -> str:
    """A telephone number of the North American plan as `617-555-0123`, with ` ext. 45` where an extension is given."""
    found = re.fullmatch(
        r"(?:\+?1)?([2-9][0-9]{2})([2-9][0-9]{2})([0-9]{4})(?:(?:X|EXT|EXTENSION|#):?([0-9]{1,6}))?",
        re.sub(r"[()]", "", _squeezed(text)),
        re.ASCII,
    )
    if not found:
        raise Refusal("Enter a telephone number with area code, like 617-555-0123.", field=field)
    area, exchange, line, extension = found.groups()
    return f"{area}-{exchange}-{line}" + (f" ext. {extension}" if extension else "")


def require_zip(text: str, *, field: str | None = "zip_code") -> str:
    """A United States ZIP code as `02118` or `02118-1234`."""
    found = re.fullmatch(r"([0-9]{5})([0-9]{4})?", _squeezed(text), re.ASCII)
    if not found or found[1] == "00000":
        raise Refusal("Enter a ZIP code of 5 digits, like 02118, or 9 digits, like 02118-1234.", field=field)
    return f"{found[1]}-{found[2]}" if found[2] else found[1]


def require_massachusetts_zip(text: str, *, field: str | None = "zip_code") -> str:
    """The ZIP code of an address in a city or town: in the Postal Service's ranges for the state (010 to 027, 055)."""
    zip_code = require_zip(text, field=field)
    if not _MA_ZIP.fullmatch(zip_code[:5]):
        raise Refusal(
            "This ZIP code is not in Massachusetts, but the city or town is. Correct one of them.", field=field
        )
    return zip_code


def _squeezed(text: str) -> str:
    """What was typed without separators, in capital letters, with full-width characters as plain ones."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
