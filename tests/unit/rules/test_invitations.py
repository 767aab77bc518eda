"""Who may invite whom."""

import pytest

from certhub.rules.browsers import browser_in_words
from certhub.rules.invitations import INVITES, PARTY_KIND, may_invite
from certhub.rules.permissions import DPH_ROLES, GRANTS, Permission
from certhub.rules.vocabulary import Role

INVITED_BY = {
    Role.VENDOR_HR: {Role.VENDOR_HR, Role.COORDINATOR},
    Role.PRACTICE_MANAGER: {Role.PRACTICE_MANAGER},
    Role.TRAINING_PROVIDER: {Role.TRAINING_PROVIDER},
    Role.DPH_ADMINISTRATOR: set(Role) - {Role.PUBLIC},
}


@pytest.mark.parametrize("inviter", list(Role))
@pytest.mark.parametrize("invited", list(Role))
def test_each_role_invites_exactly_the_roles_that_belong_to_it(inviter: Role, invited: Role) -> None:
    assert may_invite(inviter, invited) == (invited in INVITED_BY.get(inviter, set()))


def test_whoever_invites_is_granted_the_page_for_it_and_nobody_else() -> None:
    assert set(INVITES) == {role for role, granted in GRANTS.items() if Permission.USER_INVITE in granted}


def test_each_role_is_for_dph_or_for_one_kind_of_party() -> None:
    assert set(PARTY_KIND) == set(Role) - DPH_ROLES - {Role.PUBLIC}


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605 Version/18 Safari/605", "Safari on a Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/140.0 Safari/604", "Chrome on an iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "A browser on Linux"),
        ("Firefox/140.0", "Firefox"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, words: str) -> None:
    assert browser_in_words(user_agent) == words
