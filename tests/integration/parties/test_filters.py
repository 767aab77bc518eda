"""A filter of a list is shown where the viewer can choose, and what it does not offer is ignored."""

import re

import pytest
from flask.testing import FlaskClient

from certhub.models.parties import Party
from certhub.rules.vocabulary import Role
from tests.factories import make_coordinator, make_practice, make_program, make_user, make_vendor, sign_in
from tests.integration.parties.browsing import fetched

ALL_SUBJECTS = ["Care coordinators", "Vendor organizations", "Practices", "Training programs"]


def signed_in(client: FlaskClient, role: Role) -> Party | None:
    makers = {
        Role.VENDOR_HR: make_vendor, Role.PRACTICE_MANAGER: make_practice, Role.COORDINATOR: make_coordinator,
        Role.TRAINING_PROVIDER: make_program,
    }  # fmt: skip
    party: Party | None = makers[role]() if role in makers else None
    sign_in(client, make_user(role, party))
    return party


def offered(page: str, name: str) -> list[str]:
    """The words of a filter but for the first, which stands for all; none where it is not shown."""
    found = re.search(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)
    return re.findall(r"<option[^>]*>([^<]*)</option>", found.group(1))[1:] if found else []


@pytest.mark.parametrize(
    ("role", "subjects"),
    [
        (Role.DPH_REVIEWER, ALL_SUBJECTS),
        (Role.AUDITOR, ALL_SUBJECTS),
        (Role.VENDOR_HR, ALL_SUBJECTS[:2]),
        (Role.PRACTICE_MANAGER, []),
        (Role.TRAINING_PROVIDER, []),
        (Role.COORDINATOR, []),
    ],
)
def test_the_subject_of_an_application_is_asked_of_those_who_see_several(
    client: FlaskClient, role: Role, subjects: list[str]
) -> None:
    signed_in(client, role)
    page = fetched(client, "/applications")
    assert offered(page, "subject") == subjects
    assert len(offered(page, "status")) > 1


@pytest.mark.parametrize(
    ("role", "roles"),
    [
        (Role.VENDOR_HR, ["Vendor HR", "Care coordinator"]),
        (Role.PRACTICE_MANAGER, []),
        (Role.TRAINING_PROVIDER, []),
    ],
)
@pytest.mark.parametrize("path", ["/accounts", "/accounts/invitations"])
def test_the_role_of_an_account_is_asked_of_those_who_see_several(
    client: FlaskClient, role: Role, roles: list[str], path: str
) -> None:
    signed_in(client, role)
    page = fetched(client, path)
    assert offered(page, "role") == roles
    assert len(offered(page, "state")) == 2


def test_dph_chooses_among_all_roles_but_the_public(client: FlaskClient) -> None:
    signed_in(client, Role.DPH_ADMINISTRATOR)
    assert len(offered(fetched(client, "/accounts"), "role")) == len(Role) - 1


def test_a_filter_that_is_not_offered_is_ignored(client: FlaskClient) -> None:
    practice = signed_in(client, Role.PRACTICE_MANAGER)
    assert practice is not None
    account = fetched(client, "/accounts?role=vendor_hr")
    assert "No account fits." not in account
