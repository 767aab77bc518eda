"""The standards, as everybody who has signed in reads them."""

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.standards import StandardVersion
from certhub.queries import standards
from certhub.rules.standard import RequirementGroup, TermPolicy
from certhub.rules.standard_words import REQUIREMENT_KIND_LABELS, group_in_words, terms_in_words
from certhub.rules.terms import written
from certhub.rules.vocabulary import ExpiryRule, GroupOperator, RequirementKind, Role, YearParity
from tests.factories import make_user, make_vendor, sign_in


def test_each_requirement_of_each_standard_is_on_its_page(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))
    index = client.get("/standards").text

    for version in db.session.scalars(select(StandardVersion)).all():
        assert f"/standards/{version.id}" in index
        page = html.unescape(client.get(f"/standards/{version.id}").text)
        for requirement in standards.definition_of(version).requirements:
            assert f"{requirement.code} {requirement.title}" in page
            assert requirement.plain_text in page
            assert requirement.citation in page


def test_a_shipped_standard_tells_the_day_on_which_it_was_recorded_from_the_one_since_when_it_is_in_force(
    client: FlaskClient,
) -> None:
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    version = db.session.scalars(select(StandardVersion)).first()
    assert version is not None
    assert version.adopted_on is not None
    page = client.get(f"/standards/{version.id}").text
    assert "In force since" in page
    assert f"<dt>Recorded here on</dt><dd>{written(version.adopted_on)}, shipped with CertHub</dd>" in page
    assert "Adopted on" not in page
    history = client.get(f"/standards/history/{version.standard_id}").text
    assert f"Recorded here on {written(version.adopted_on)}, shipped with CertHub" in history


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_a_standard_that_does_not_exist_is_not_found(client: FlaskClient, number: str) -> None:
    assert sign_in(client, make_user(Role.AUDITOR)).get(f"/standards/{number}").status_code == 404


def test_the_standards_ask_for_a_sign_in(client: FlaskClient, app: Flask) -> None:
    assert client.get("/standards").status_code == 302


def test_terms_are_said_in_words() -> None:
    fixed = TermPolicy(24, ExpiryRule.FIXED_MONTH_DAY, 7, 31, YearParity.ODD, minimum_term_months=6)
    birthday = TermPolicy(24, ExpiryRule.HOLDER_BIRTHDAY, year_parity=YearParity.EVEN)

    assert terms_in_words(fixed)[:3] == (
        "A credential lasts 24 months.",
        "Its last day is July 31 of an odd year.",
        "No term is shorter than 6 months.",
    )
    assert terms_in_words(birthday)[1] == "Its last day is the holder's birthday, in an even year."
    assert terms_in_words(TermPolicy(12, end_of_month=True))[1].endswith("to the end of the month.")


def test_groups_are_said_in_words() -> None:
    def said(operator: GroupOperator) -> str:
        return group_in_words(RequirementGroup("G", "Skills", operator, 2))

    assert said(GroupOperator.AT_LEAST_N) == "Skills: at least 2 of these must be met."
    assert said(GroupOperator.ANY) == "Skills: one of these must be met."
    assert said(GroupOperator.ALL) == "Skills: all of these must be met."


def test_every_kind_has_its_name() -> None:
    assert set(REQUIREMENT_KIND_LABELS) == set(RequirementKind)
