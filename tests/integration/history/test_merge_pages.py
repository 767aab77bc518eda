"""The pages of double records: found, compared, merged and separated, by administrators only."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.record_merges import RecordMerge
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import certificates
from certhub.web.context import press
from tests import factories
from tests.integration.history.test_merging import (
    AT,
    LAST,
    WHY,
    administrator,
    applied,
    hidden,
    licence,
    merge,
    office,
    pair,
    training,
)
from tests.integration.orders.arranging import certified, standing

__all__ = ["administrator", "office"]


def test_an_administrator_finds_compares_merges_and_separates_two_records(office: FlaskClient) -> None:
    kept, absorbed = pair()
    assert "The same name and birthday" in office.get("/merges/doubles").text
    address = f"/coordinators/{kept.id}/merge/{absorbed.id}"
    page = office.get(address)
    assert "Keep the other record instead" in page.text
    assert {"English", "February 28"} <= set(re.findall(r'data-label="Stays">(?:<bdi>)?([^<]+)<', page.text))

    fields = {**hidden(page), "reason": WHY, "confirmed": "y", "take": "email"}
    answers = [office.post(address, data=fields) for _ in range(2)]  # a double click

    assert [answer.location for answer in answers] == [f"/coordinators/{kept.id}"] * 2
    done = db.session.scalars(select(RecordMerge)).one()
    assert office.get(f"/coordinators/{absorbed.id}").location == f"/coordinators/{kept.id}"
    assert f"/merges/{done.id}" in office.get(f"/coordinators/{kept.id}").text
    assert "Ana Ferreira" in office.get("/merges").text
    assert "No two records look alike" in office.get("/merges/doubles").text
    undoing = office.get(f"/merges/{done.id}/undo")
    sent = {**hidden(undoing), "reason": "Two people after all.", "since": "kept"}
    answers = [office.post(f"/merges/{done.id}/undo", data=sent) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"/merges/{done.id}"] * 2
    assert "Two people after all." in office.get(f"/merges/{done.id}").text
    assert office.get(f"/coordinators/{absorbed.id}").status_code == 200


def test_the_page_of_a_merge_counts_what_it_changed_in_plain_words(office: FlaskClient, administrator: User) -> None:
    kept, absorbed = pair()
    certified(kept, LAST)
    certified(absorbed, LAST)
    training(absorbed)
    done = merge(kept, absorbed, administrator)

    told = re.findall(
        r'data-label="Kind">([^<]*)</th><td data-label="Moved">(\d)</td><td data-label="Set aside">(\d)<',
        office.get(f"/merges/{done.id}").text,
    )

    assert ("Training entries", "1", "0") in told
    assert ("Credentials made void", "0", "1") in told


def test_the_comparison_lists_what_moves_and_a_pair_without_obstacles_has_the_button(office: FlaskClient) -> None:
    vendor = factories.make_vendor("Harbor Home Care")
    kept, absorbed = pair(vendor)
    factories.make_employment(absorbed, factories.make_vendor("Northern Care"), starts_on=date(2024, 1, 1))
    training(kept)
    training(absorbed)
    training(absorbed, "Family voice")
    licence(absorbed)

    page = office.get(f"/coordinators/{kept.id}/merge/{absorbed.id}").text

    told = re.findall(
        r'data-label="Kind">([^<]*)</th><td data-label="What"><bdi>([^<]*)</bdi></td>'
        r'<td data-label="Becomes">([^<]*)<',
        page,
    )
    assert told == [
        ("Employment", "Northern Care, January 1, 2024 on", "Moves"),
        ("Training", "Ethics, February 1, 2026", "Set aside, the other record tells it"),
        ("Training", "Family voice, February 1, 2026", "Moves"),
        ("Licence", "Registered nurse (RN), RN 12-34", "Moves"),
    ]
    assert "Merge them" in page


def test_what_stands_in_the_way_is_listed_before_the_button(office: FlaskClient, administrator: User) -> None:
    vendor = factories.make_vendor("Harbor Home Care")
    kept, absorbed = pair()
    factories.make_employment(kept, vendor, starts_on=date(2024, 1, 1))
    factories.make_employment(absorbed, vendor, starts_on=date(2023, 1, 1))
    for person in (kept, absorbed):
        applied(person, administrator)

    page = office.get(f"/coordinators/{kept.id}/merge/{absorbed.id}").text

    assert "Both records have an open application. Withdraw one of them first." in page
    assert "Both records tell of work at Harbor Home Care, on days that contradict each other" in page
    assert "Merge them" not in page
    with pytest.raises(Refusal, match=r"Withdraw one of them first\. Both records tell of work at Harbor Home Care"):
        merge(kept, absorbed, administrator)


def test_a_merge_without_a_reason_or_a_look_is_refused_beside_its_field(office: FlaskClient) -> None:
    kept, absorbed = pair()
    address = f"/coordinators/{kept.id}/merge/{absorbed.id}"

    answer = office.post(address, data=hidden(office.get(address)))

    assert answer.status_code == 422
    assert "Say how you know that this is one person." in answer.text
    assert office.get(f"/coordinators/{kept.id}/merge/{2**30}").status_code == 404
    assert office.get("/merges/99999").status_code == 404


@pytest.mark.parametrize("role", [Role.DPH_REVIEWER, Role.VENDOR_HR])
def test_nobody_but_an_administrator_merges(client: FlaskClient, role: Role) -> None:
    kept, absorbed = pair()
    vendor = factories.make_vendor() if role is Role.VENDOR_HR else None
    somebody = factories.sign_in(client, factories.make_user(role, vendor))

    assert somebody.get(f"/coordinators/{kept.id}/merge/{absorbed.id}").status_code == 403
    assert somebody.get("/merges").status_code == 403


def test_an_auditor_reads_the_merges(client: FlaskClient, administrator: User) -> None:
    done = merge(*pair(), administrator)
    auditor = factories.sign_in(client, factories.make_user(Role.AUDITOR))

    assert auditor.get("/merges").status_code == 200
    assert WHY in auditor.get(f"/merges/{done.id}").text
    assert auditor.get(f"/merges/{done.id}/undo").status_code == 403


def test_the_page_of_the_old_number_leads_to_the_page_of_the_one_that_counts(
    client: FlaskClient, administrator: User
) -> None:
    kept, absorbed = pair()
    own, other = certified(kept, LAST), certified(absorbed, LAST)
    with transaction():
        kept_one, old_one = (
            certificates.issue(standing(one)[0], press=press(), actor=administrator, at=AT) for one in (own, other)
        )
    merge(kept, absorbed, administrator)

    old, counting = (client.get(f"/verify/{one.verification_code}").text for one in (old_one, kept_one))

    assert f'href="/verify/{kept_one.verification_code}">{own.number}</a>' in old
    assert "on record twice" not in counting
