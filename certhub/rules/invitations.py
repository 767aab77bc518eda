"""Who may invite whom, and for which kind of organization each role acts."""

from datetime import timedelta

from certhub.rules.permissions import DPH_ROLES
from certhub.rules.vocabulary import Role, SubjectType

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=1)
ADDRESS_LINK_LASTS = timedelta(days=3)

PARTY_KIND: dict[Role, SubjectType] = {
    Role.VENDOR_HR: SubjectType.VENDOR,
    Role.PRACTICE_MANAGER: SubjectType.PRACTICE,
    Role.COORDINATOR: SubjectType.COORDINATOR,
    Role.TRAINING_PROVIDER: SubjectType.TRAINING_PROGRAM,
}
"""What somebody in an outside role acts for; DPH's own roles act for no party."""

INVITES: dict[Role, tuple[Role, ...]] = {
    Role.DPH_ADMINISTRATOR: (
        *(role for role in Role if role in DPH_ROLES), Role.VENDOR_HR, Role.PRACTICE_MANAGER, Role.COORDINATOR,
        Role.TRAINING_PROVIDER,
    ),
    Role.VENDOR_HR: (Role.VENDOR_HR, Role.COORDINATOR),
    Role.PRACTICE_MANAGER: (Role.PRACTICE_MANAGER,),
    Role.TRAINING_PROVIDER: (Role.TRAINING_PROVIDER,),
}  # fmt: skip
"""The roles that each role may invite people to; which party it may be for is decided by what the inviter can see."""


def may_invite(inviter: Role, invited: Role) -> bool:
    """Whether `inviter` may invite somebody to be `invited`."""
    return invited in INVITES.get(inviter, ())


def may_readdress(somebody: Role, owner: Role) -> bool:
    """Whether `somebody` may send a link to a new address for the account of an `owner`: those who may invite them."""
    return may_invite(somebody, owner)
