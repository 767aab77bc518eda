"""Signing on the screen: for whom an account signs, on what authority, and whether the typed name is the signer's.

M.G.L. c.110G (the Uniform Electronic Transactions Act): section 5(b) wants that both sides agreed to do it
electronically, section 7 gives such a signature its force, section 9 asks whose act it was.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from certhub.rules.identifiers import require_person_name
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.papers import signing_role
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import RequirementKind, Role

CONSENT = ("electronic-consent", 1)
"""What a signer agrees to before signing on the screen (see data/attestations.toml)."""

LONGEST_TITLE = 120


class SigningAuthority(StrEnum):
    """Why somebody may sign."""

    OWN_BEHALF = "own_behalf"
    OWNER = "owner"
    OFFICER = "officer"
    PHYSICIAN_CHAMPION = "physician_champion"
    DELEGATE = "delegate"


AUTHORITY_LABELS: Mapping[SigningAuthority, str] = MappingProxyType(
    {
        SigningAuthority.OWN_BEHALF: "I sign for myself",
        SigningAuthority.OWNER: "I own it, alone or with others",
        SigningAuthority.OFFICER: "I am an officer, such as president, director or treasurer",
        SigningAuthority.PHYSICIAN_CHAMPION: "I am the physician who leads this work",
        SigningAuthority.DELEGATE: "An owner or officer has told me in writing that I may sign",
    }
)
"""How a signer says it."""

AUTHORITY_TOLD: Mapping[SigningAuthority, str] = MappingProxyType(
    {
        SigningAuthority.OWN_BEHALF: "for themself",
        SigningAuthority.OWNER: "as an owner",
        SigningAuthority.OFFICER: "as an officer",
        SigningAuthority.PHYSICIAN_CHAMPION: "as the physician who leads this work",
        SigningAuthority.DELEGATE: "on written word of an owner or officer",
    }
)
"""How a copy says it."""

_OF_AN_ORGANIZATION = (SigningAuthority.OWNER, SigningAuthority.OFFICER, SigningAuthority.DELEGATE)


def authorities_of(role: Role) -> tuple[SigningAuthority, ...]:
    """On what authority an account of this role can sign: a person for themself, everybody else for an organization."""
    if role is Role.COORDINATOR:
        return (SigningAuthority.OWN_BEHALF,)
    if role is Role.PRACTICE_MANAGER:
        return (*_OF_AN_ORGANIZATION, SigningAuthority.PHYSICIAN_CHAMPION)
    return _OF_AN_ORGANIZATION


def signs_for(requirement: Requirement, role: Role) -> tuple[str, ...]:
    """The parties for whom an account of this role signs a requirement on the screen; empty where it signs for none."""
    return tuple(party for party in parties_to(requirement) if signing_role(party) is role)


def parties_to(requirement: Requirement) -> tuple[str, ...]:
    """Everybody who must sign a requirement; empty where nothing is signed."""
    params = typed_parameters(requirement)
    if requirement.kind is RequirementKind.ATTESTATION:
        return (str(params.signer_role),)
    return tuple(params.parties) if requirement.kind is RequirementKind.AGREEMENT else ()


def require_authority(authority: str, title: str, role: Role) -> tuple[SigningAuthority, str]:
    """On what authority and under what title somebody signs. Raises `Refusal` where it does not fit the account."""
    allowed = authorities_of(role)
    if authority not in allowed:
        raise Refusal("Say why you may sign.", field="authority")
    chosen = SigningAuthority(authority)
    if chosen is SigningAuthority.OWN_BEHALF:
        return chosen, ""
    if not title:
        raise Refusal("Enter your title, such as practice manager.", field="title")
    return chosen, title[:LONGEST_TITLE]


def require_own_name(typed: str, account_name: str, *, confirmed: bool) -> str:
    """The name that stands for the signature.

    Whoever types another name than that of the account is told, and can say that it is theirs all the same: people sign
    with a middle name or a new family name. What is kept shows both. Raises `Refusal`.
    """
    name = require_person_name(typed, field="signed_name")
    if not confirmed and folded(name) != folded(account_name):
        raise Refusal(
            f"Your account has the name “{account_name}”. Type your name that way, or check the box under it if this "
            "is your name, too.",
            field="signed_name",
        )
    return name
