"""What a password must be: long and not easily guessed; no rules about kinds of characters.

NIST SP 800-63B, 5.1.1.2 (memorized secret verifiers).
"""

import re
import unicodedata
from collections.abc import Collection

from certhub.rules.refusal import Refusal

SHORTEST = 12
LONGEST = 128

_FEWEST_DIFFERENT = 5
_LONGEST_PERIOD = 4
_PERSONAL_PART = 4
"""Shorter parts of a name are found in too many good passwords."""
_UNMASKED = str.maketrans("@40135$7!", "aaoiessti")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "01234567890123456789",
    "1234567890" * 2,
    "qwertyuiopasdfghjklzxcvbnm" * 2,
    "qwertzuiopasdfghjklyxcvbnm" * 2,
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)


def composed(password: str) -> str:
    """The password in one normal form, so that it is the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *, name: str, email: str, common: Collection[str]) -> str | None:
    """Why the password cannot be used, in a sentence; None where it can."""
    password = composed(password)
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Four words in a row are a good password."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = password.casefold()
    if _is_pattern(folded):
        return "This is a pattern that is easy to guess. Use words that do not belong together."
    if _is_personal(folded, name, email):
        return "Leave your name and your e-mail address out of the password."
    if _bare(folded) in common or folded in common:
        return "Many people use this password, so it is easy to guess. Choose another one."
    return None


def require_acceptable(
    password: str, *, name: str, email: str, common: Collection[str], field: str = "password"
) -> None:
    """Refuse a password that is easily guessed, beside the form field `field`."""
    reason = weakness(password, name=name, email=email, common=common)
    if reason:
        raise Refusal(reason, field=field)


def _bare(folded: str) -> str:
    """The word behind a password such as `P@ssw0rd-2026!`."""
    core = re.sub(r"[\W\d_]+$", "", folded).translate(_UNMASKED)
    core = re.sub(r"[\W\d_]+", "", core)
    return _halved(core)


def _halved(text: str) -> str:
    """One copy of a text that is repeated as a whole."""
    for period in range(1, len(text) // 2 + 1):
        if len(text) % period == 0 and text[:period] * (len(text) // period) == text:
            return text[:period]
    return text


def _is_pattern(folded: str) -> bool:
    if len(set(folded)) < _FEWEST_DIFFERENT:
        return True
    if len(_halved(folded)) <= _LONGEST_PERIOD:
        return True
    plain = re.sub(r"\W", "", folded)
    return any(plain in row or plain in row[::-1] for row in _ROWS)


def _is_personal(folded: str, name: str, email: str) -> bool:
    """Whether the password is little more than the person's name or e-mail address."""
    local, _, domain = email.casefold().partition("@")
    parts = {*re.split(r"\W+", name.casefold()), *re.split(r"[\W_]+", local), local, domain.partition(".")[0]}
    rest = folded
    found = False
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _PERSONAL_PART and part in rest:
            rest, found = rest.replace(part, ""), True
    return found and len(re.sub(r"[\W\d_]", "", rest)) < SHORTEST - _PERSONAL_PART
