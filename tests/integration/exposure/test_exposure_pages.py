"""The pages of exposures: who sees which, what a practice may read, one broken link, and the exported list."""

import csv
import io
import json
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.audit import AccessLog
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from tests.factories import make_practice, make_user, make_vendor, sign_in
from tests.integration.exposure.arranging import assigned, certified, changed, placed, suspended, termed
from tests.integration.parties.browsing import administrator, entries, fetched, send, statements_of, vendor_hr

MAY_31 = date(2026, 5, 31)


def test_dph_sees_what_is_exposed_on_a_day_from_which_day_and_why(client: FlaskClient) -> None:
    one = placed(credential_until=MAY_31)
    placed("Ben Walsh")
    administrator(client)

    page = fetched(client, "/exposures?as_of=2026-06-15")
    assert "Ana Ferreira is without a credential in force from June 1, 2026 on." in page
    assert "Expired on May 31, 2026." in page
    assert f'href="/exposures/credential/{one.person.id}?as_of=2026-06-15"' in page
    assert "Ben Walsh" not in page
    assert "Nothing is exposed on this day." in fetched(client, "/exposures?as_of=2026-05-31")


def test_a_gap_that_was_closed_stays_readable_in_the_past(client: FlaskClient) -> None:
    one = placed(credential_until=MAY_31)
    termed(one.credential(one.person), date(2026, 9, 1), date(2028, 8, 31))
    administrator(client)

    assert "without a credential in force from June 1, 2026 through August 31, 2026." in fetched(
        client, "/exposures?as_of=2026-08-31"
    )
    assert "Nothing is exposed" in fetched(client, "/exposures?as_of=2026-09-01")


def test_the_list_is_narrowed_by_link_region_and_a_part_of_the_vendors_name(client: FlaskClient) -> None:
    bayside = make_vendor("Bayside Care")
    certified(bayside)
    placed(credential_until=MAY_31, vendor=bayside)
    ben = placed("Ben Walsh")
    suspended(ben.credential(ben.person), date(2026, 6, 1))
    administrator(client)
    day = "/exposures?as_of=2026-06-15"

    assert "Ben Walsh" in fetched(client, day)
    assert "Ben Walsh" not in fetched(client, day + "&vendor=BAYSIDE")
    assert "Ana Ferreira" in fetched(client, day + "&vendor=BAYSIDE&link=credential&region=central")
    assert "Nothing that fits these filters" in fetched(client, day + "&link=employment")
    assert "Nothing that fits these filters" in fetched(client, day + "&region=boston")
    assert "Nothing that fits these filters" in fetched(client, day + "&vendor=%25")
    assert client.get("/exposures?as_of=soon").status_code == 422


def test_the_page_of_a_broken_link_says_who_is_exposed_where_and_draws_the_chain(client: FlaskClient) -> None:
    vendor = make_vendor("Bayside Care")
    certified(vendor, MAY_31)
    elm = make_practice("Elm Pediatrics")
    certified(elm)
    first, second = placed(vendor=vendor, practice=elm), placed("Ben Walsh", vendor=vendor)
    assigned(first.person, second.practice, vendor)
    administrator(client)

    page = fetched(client, f"/exposures/vendor-certification/{vendor.id}?as_of=2026-06-15")
    assert "2 coordinators at 2 practices are exposed from June 1, 2026 on." in page
    assert "Vendor certification is broken: Bayside Care. 3 assignments exposed." in page
    assert "What is exposed (3)" in page
    assert "Nobody was told of this link yet." in page
    page = fetched(client, f"/exposures/vendor-certification/{vendor.id}?as_of=2026-05-31")
    assert "No assignment is exposed by this link on May 31, 2026." in page
    assert client.get(f"/exposures/credential/{vendor.id}").status_code == 404


def test_the_page_of_a_broken_link_tells_its_cause_once_and_from_its_first_day(client: FlaskClient) -> None:
    vendor, never = make_vendor("Bayside Care"), make_practice("Elm Pediatrics")
    certified(vendor)
    placed(vendor=vendor, practice=never)
    later = placed("Ben Walsh", vendor=vendor, practice=never)
    changed(later.assignment, starts_on=MAY_31)
    administrator(client)

    page = fetched(client, f"/exposures/commitment/{never.id}?as_of=2026-06-15")
    assert "2 coordinators at 1 practice are exposed from January 6, 2025 on." in page
    assert page.count("is without a commitment in force from") == 1
    assert "is without a commitment in force from January 6, 2025 on. None was ever granted." in page
    assert "2026-05-31" in page


def test_a_vendor_sees_its_own_and_nothing_of_the_credential_of_somebody_who_left(client: FlaskClient) -> None:
    one, other = placed(credential_until=MAY_31), placed("Ben Walsh", credential_until=MAY_31)
    spell = one.employment
    vendor_hr(client, one.vendor)
    page = fetched(client, "/exposures?as_of=2026-06-15")
    assert "Ana Ferreira is without a credential" in page
    assert "Ben Walsh" not in page
    assert client.get(f"/exposures/credential/{other.person.id}").status_code == 404
    assert client.get(f"/exposures/vendor-certification/{other.vendor.id}").status_code == 404

    changed(spell, ends_on=date(2026, 4, 30))
    page = fetched(client, "/exposures?as_of=2026-06-15")
    assert "Ana Ferreira is without an employment" in page
    assert "without a credential" not in page
    assert "Nothing that fits" in fetched(client, "/exposures?as_of=2026-06-15&link=credential")
    assert "No assignment is exposed" in fetched(client, f"/exposures/credential/{one.person.id}?as_of=2026-06-15")
    assert "Ana Ferreira" in fetched(client, f"/exposures/employment/{one.person.id}?as_of=2026-06-15")


def test_a_practice_reads_that_somebody_is_not_cleared_and_not_why(client: FlaskClient) -> None:
    one = placed()
    suspended(one.credential(one.person), date(2026, 6, 1))
    other = placed("Ben Walsh", credential_until=MAY_31)
    sign_in(client, make_user(Role.PRACTICE_MANAGER, one.practice))

    page = fetched(client, "/exposures?as_of=2026-06-15")
    assert f"Ana Ferreira is not cleared to work with {one.practice.name} from June 1, 2026 on." in page
    assert f"Ask {one.vendor.name} who can take over." in page
    for word in ("uspended", "complaint", "credential in force", "Ben Walsh"):
        assert word not in page
    for link, party in (("credential", one.person), ("employment", one.person), ("vendor-certification", one.vendor)):
        assert client.get(f"/exposures/{link}/{party.id}").status_code == 404
    assert client.get(f"/exposures/commitment/{other.practice.id}").status_code == 404
    fetched(client, f"/exposures/commitment/{one.practice.id}")


@pytest.mark.parametrize("asked", ["as_of=0001-01-01", "as_of=9999-12-31", "as_of=2027-02-29", "known_at=0001-01-01"])
def test_a_day_that_nobody_can_mean_is_refused_beside_the_field(client: FlaskClient, asked: str) -> None:
    one = placed()
    administrator(client)
    for address in ("/exposures", f"/exposures/commitment/{one.practice.id}"):
        answer = client.get(f"{address}?{asked}")
        assert answer.status_code == 422, address
        assert "There is something to correct" in answer.text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.TRAINING_PROVIDER])
def test_others_have_no_page_of_exposures(client: FlaskClient, role: Role) -> None:
    sign_in(client, make_user(role, placed().person))
    assert client.get("/exposures").status_code == 403


def test_the_exported_list_has_the_rows_of_the_page_and_is_told(client: FlaskClient) -> None:
    one = placed(credential_until=MAY_31)
    placed("Ben Walsh", credential_until=MAY_31)
    administrator(client)
    answer = send(
        client, "/exposures/export", page="/exposures?as_of=2026-06-15", as_of="2026-06-15", vendor=one.vendor.name
    )
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(row["coordinator"], row["exposed_from"], row["broken_links"]) for row in rows] == [
        ("Ana Ferreira", "2026-06-01", "credential")
    ]
    (entry,) = entries(AuditAction.EXPOSURES_EXPORTED)
    assert '"rows":1' in str(entry.changes).replace(" ", "").replace("'", '"')
    assert "exposures.export" in db.session.scalars(select(AccessLog.what)).all()
    refused = send(client, "/exposures/export", page="/exposures?as_of=2026-06-15", as_of="soon")
    assert refused.status_code == 422


def test_the_first_page_leads_to_the_exposures_at_one_cost_for_one_and_for_many(client: FlaskClient) -> None:
    vendor = make_vendor()
    certified(vendor)
    practice = make_practice()
    certified(practice)
    placed(credential_until=MAY_31, vendor=vendor, practice=practice)
    administrator(client)
    page = fetched(client, "/")
    assert "Exposed assignments (1)" in page
    cost = len(statements_of(lambda: client.get("/exposures")))
    for number in range(12):
        placed(f"Ben Walsh {number}", credential_until=MAY_31, vendor=vendor, practice=practice)
    page = fetched(client, "/")
    assert "Exposed assignments (13)" in page
    assert "The first 12 are shown here." in page
    assert len(statements_of(lambda: client.get("/exposures"))) == cost


def test_the_access_log_tells_which_part_of_the_exposures_was_read(client: FlaskClient) -> None:
    one = placed(credential_until=MAY_31)
    administrator(client)
    page = f"/exposures?as_of=2026-06-15&vendor={one.vendor.name}&link=credential"
    assert client.get(page).status_code == 200
    (told,) = db.session.scalars(select(AccessLog.listing).where(AccessLog.what == "exposures.index"))
    assert json.loads(told) == {
        "list": "exposures", "as_of": "2026-06-15", "vendor": one.vendor.name, "link": "credential", "rows": 1,
    }  # fmt: skip
