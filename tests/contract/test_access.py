"""Closed by default: each route follows the one table of grants, and another organization's record does not exist."""

from collections import Counter

import pytest

from certhub.rules.permissions import GRANTS, Permission
from certhub.rules.vocabulary import Role
from certhub.web.navigation import GROUPS
from tests.contract import survey
from tests.contract.conftest import Survey
from tests.contract.survey import Answer
from tests.contract.world import CODES, PARTY_OF_ROLE, SHARED, SIGNED_IN_ROLES, Values, known_arguments

PUBLIC_ENDPOINTS = {
    "account.accept", "account.confirm_address", "account.forgot", "account.reset", "account.sign_in",
    "account.sign_out", "employer_changes.answer_by_letter", "employer_changes.take_back_by_letter",
    "health.live", "health.ready", "health.serving", "home.index", "public.calendar", "public.decline_reference",
    "public.give_reference", "public.opt_out", "public.opt_out_now", "public.show", "public.verify",
    "self_assessments.answer", "self_assessments.answer_domain",
}  # fmt: skip
"""What anybody may open: pinned here, so that a new public page is decided and not slipped in."""

ABSENT = (0, 2**31 - 7, 2**31, 2**63 - 1, 2**63, 10**30)
"""Numbers that no record has: some that a column can hold, and some beyond what each database can."""


def none_of(wrong: list[Answer]) -> None:
    """Fails with the list of what was wrong, one line each."""
    lines = sorted({str(answer) for answer in wrong})
    assert not lines, f"{len(lines)} answers are not as they should be:\n" + "\n".join(lines)


def test_every_view_declares_its_permission(surveyed: Survey) -> None:
    assert [str(route) for route in surveyed.routes if route.permission is None] == []


def test_the_public_pages_are_the_pinned_ones(surveyed: Survey) -> None:
    public = {route.endpoint for route in surveyed.routes if route.permission is Permission.PUBLIC_READ}
    assert public == PUBLIC_ENDPOINTS


def test_every_permission_is_granted_to_somebody_and_asked_for_by_a_view(surveyed: Survey) -> None:
    granted = set().union(*GRANTS.values())
    asked = {route.permission for route in surveyed.routes}
    assert sorted(set(Permission) - granted) == []
    assert sorted(set(Permission) - asked) == []


def test_every_link_of_the_navigation_leads_to_a_page_that_asks_for_the_same_permission(surveyed: Survey) -> None:
    asked = {route.endpoint: route.permission for route in surveyed.routes if route.method == "GET"}
    items = [item for group in GROUPS for item in group.items]
    assert {item.endpoint: item.permission for item in items} == {
        item.endpoint: asked.get(item.endpoint) for item in items
    }


def test_every_argument_of_an_address_has_its_objects_in_both_worlds(surveyed: Survey) -> None:
    used = {name for route in surveyed.routes for name in route.arguments if name not in dict(route.words)}
    assert used - known_arguments(surveyed.ours) == set(), "teach tests/contract/world.py what they mean"


def test_every_page_opens_for_somebody(fetched: list[Answer]) -> None:
    """Or else the tests below could pass on pages that nobody can see."""
    opened = {answer.route.endpoint for answer in fetched if answer.status == 200}
    leading_on = {answer.route.endpoint for answer in fetched if answer.status in (301, 302, 303)} - opened
    closed = {str(answer.route) for answer in fetched if answer.route.endpoint not in opened | leading_on}
    assert closed == set()


def test_no_page_fails(fetched: list[Answer]) -> None:
    none_of([answer for answer in fetched if answer.status >= 500])


def test_pages_open_for_the_roles_that_the_table_grants_them_and_for_no_other(fetched: list[Answer]) -> None:
    wrong = []
    for answer in fetched:
        if answer.role is Role.PUBLIC:
            continue
        if answer.route.granted_to(answer.role) == (answer.status == 403):
            wrong.append(answer)
    none_of(wrong)


def test_whoever_is_signed_out_is_sent_to_the_sign_in_page(fetched: list[Answer], unforged: Survey) -> None:
    sent = [
        unforged.ask(route, Role.PUBLIC, address)
        for route in unforged.routes
        if route.method != "GET"
        for address in survey.addresses(unforged.app, route, unforged.ours.everything())[:4]
    ]
    asked = [answer for answer in [*fetched, *sent] if answer.role is Role.PUBLIC]
    closed = [answer for answer in asked if not answer.route.granted_to(Role.PUBLIC)]

    assert closed
    none_of([a for a in closed if a.status != 302 or not a.location.startswith("/sign-in")])
    none_of([a for a in asked if a.route.granted_to(Role.PUBLIC) and "/sign-in?" in a.location])


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("role", SIGNED_IN_ROLES)
def test_forms_are_taken_from_the_roles_that_the_table_grants_them_and_never_fail(unforged: Survey, role: Role) -> None:
    answers = [
        unforged.ask(route, role, address, data={})
        for route in unforged.routes
        if route.method != "GET"
        for address in survey.addresses(unforged.app, route, unforged.own(role))
    ]

    assert answers
    none_of([answer for answer in answers if answer.status >= 500])
    none_of([answer for answer in answers if answer.route.granted_to(role) == (answer.status == 403)])


BEHIND_A_LINK = {"public.give_reference", "public.decline_reference", "self_assessments.answer_domain"}
"""Forms whose own token is checked by the form, so that they need no cookie; an unknown link has no form at all."""


BY_ONE_CLICK = {"public.opt_out_now"}
"""What a mail program sends by itself, knowing nothing but the link (RFC 8058); all that it can do is less mail."""


def test_no_form_is_taken_without_its_token_against_forgery(surveyed: Survey) -> None:
    wrong = []
    for route in surveyed.routes:
        role = surveyed.first_granted(route)
        for address in survey.addresses(surveyed.app, route, surveyed.own(role))[:1]:
            if route.method != "GET" and route.endpoint not in BY_ONE_CLICK:
                answer = surveyed.ask(route, role, address, data={})
                refused = answer.status >= 400 if route.endpoint in BEHIND_A_LINK else answer.status == 400
                wrong += [] if refused else [answer]
    none_of(wrong)


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("role", PARTY_OF_ROLE)
def test_another_organizations_record_does_not_exist(unforged: Survey, role: Role) -> None:
    own, foreign = unforged.own(role), unforged.theirs.everything()
    answers = [
        unforged.ask(
            route, role, survey.address_of(unforged.app, route, arguments), data={} if route.method != "GET" else None
        )
        for route in unforged.routes
        if route.permission is not Permission.PUBLIC_READ
        for arguments in survey.foreign_choices(route, own, foreign, SHARED)
    ]

    tried = Counter(answer.route.endpoint for answer in answers if answer.route.granted_to(role))
    assert tried, "no route with an object was tried"
    expected = {True: 404, False: 403}
    none_of([answer for answer in answers if answer.status != expected[answer.route.granted_to(role)]])


@pytest.mark.only_on("postgresql")
def test_a_record_that_does_not_exist_is_not_found_whatever_its_number(unforged: Survey) -> None:
    wrong = []
    for route in unforged.routes:
        role = unforged.first_granted(route)
        own = unforged.own(role)
        for name in route.arguments:
            if name in CODES or name in dict(route.words):
                continue
            for number in ABSENT:
                pools: Values = {**own, name: [number]}
                for address in survey.addresses(unforged.app, route, pools)[:2]:
                    answer = unforged.ask(route, role, address, **({"data": {}} if route.method != "GET" else {}))
                    wrong += [answer] if answer.status != 404 else []
    none_of(wrong)


@pytest.mark.only_on("postgresql")
def test_text_in_addresses_that_means_nothing_is_not_found(unforged: Survey) -> None:
    wrong = []
    for route in unforged.routes:
        role = unforged.first_granted(route)
        own = unforged.own(role)
        for name in set(route.arguments) & set(CODES):
            for word in ("nonsense", "x" * 3000, "\N{RIGHT-TO-LEFT OVERRIDE}", "a\0b", "%00", "'"):
                pools: Values = {**own, name: [word]}
                for address in survey.addresses(unforged.app, route, pools)[:2]:
                    answer = unforged.ask(route, role, address, **({"data": {}} if route.method != "GET" else {}))
                    wrong += [answer] if answer.status >= 500 or (answer.status == 200 and name != "token") else []
    none_of(wrong)
