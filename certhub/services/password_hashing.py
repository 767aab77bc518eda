"""Passwords as argon2id hashes: 19 MiB, two passes, one lane (OWASP's first choice; about 20 ms on a small server)."""

from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from certhub.rules.passwords import LONGEST, composed

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """What the database keeps of a password."""
    return HASHER.hash(composed(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether `password` is the one that `kept` was made from.

    Without a kept hash (no such account, or none that has a password) one is computed all the same, so that the time
    that the answer takes does not tell whether there is an account.
    """
    if len(password) > LONGEST:
        password, kept = "", None
    try:
        HASHER.verify(kept or _nobodys(), composed(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return HASHER.hash("the password of nobody")


@cache
def common_passwords() -> frozenset[str]:
    """The shipped list of words on which easily guessed passwords are built."""
    lines = resources.files("certhub.data").joinpath("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
