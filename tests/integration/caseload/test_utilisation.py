"""How full coordinators are, as of any day, in one statement."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from certhub.queries import caseload_use, dossiers
from certhub.queries.caseload_use import Filters
from certhub.queries.visibility import NotVisible
from certhub.rules.caseload import Light, utilisation
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import Role
from tests.factories import make_coordinator, make_employment, make_practice, make_user, sign_in
from tests.integration.caseload.arranging import OCTOBER, SEPTEMBER, Arranged, arranged, assigned, filed, line
from tests.integration.parties.browsing import statements_of

TODAY = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
DAY = TODAY.date()


@pytest.fixture
def who(app: Flask) -> Arranged:
    return arranged()


def test_the_sums_over_practices_and_vendors_are_those_of_the_rule(who: Arranged) -> None:
    other = arranged()
    make_employment(who.person, other.vendor)
    assigned(other.vendor, who.person, other.practice)
    second = make_practice()
    assigned(who.vendor, who.person, second)
    filed(who, {who.pair: line(20, tier=3, first_month_3=4), (who.person.id, second.id): line(10, tier=1)})
    filed(other, {(who.person.id, other.practice.id): line(30)})

    row = caseload_use.of_coordinator(make_user(Role.DPH_REVIEWER), who.person.id, DAY)

    assert row is not None
    assert (row.caseload.children, row.full_time, row.vendors) == (60, Fraction(2), 2)
    assert row.hours == 16 * Fraction(23, 10) + 4 * Fraction(23, 10) * Fraction(32, 10) + 4 + 30
    assert row.derived == utilisation(row.caseload, Fraction(2))
    assert (row.share, row.light) == (row.derived.share, row.derived.light)


@pytest.mark.parametrize(
    ("as_of", "children", "month"),
    [
        (date(2026, 9, 29), None, None),
        (date(2026, 9, 30), 10, SEPTEMBER),
        (date(2026, 10, 30), 10, SEPTEMBER),
        (date(2026, 10, 31), 92, OCTOBER),
        (date(2027, 1, 30), 92, OCTOBER),
        (date(2027, 1, 31), None, None),
    ],
)
def test_a_month_counts_from_its_last_day_until_three_months_went_by_without_another(
    who: Arranged, as_of: date, children: int | None, month: date | None
) -> None:
    filed(who, {who.pair: line(10)}, month=SEPTEMBER)
    filed(who, {who.pair: line(92, closures=3)})
    row = caseload_use.of_coordinator(who.hr, who.person.id, as_of)
    assert row is not None
    assert row.month == month
    assert row.light is {None: None, 10: Light.GREEN, 92: Light.RED}[children]
    assert row.caseload.children == (children or 0)


def test_a_correction_counts_and_what_it_superseded_does_not(who: Arranged) -> None:
    filed(who, {who.pair: line(92)})
    filed(who, {who.pair: line(80)})
    row = caseload_use.of_coordinator(who.hr, who.person.id, DAY)
    assert row is not None
    assert (row.caseload.children, row.light) == (80, Light.AMBER)


def test_a_vendor_sees_its_own_part_only_and_nobody_of_another(who: Arranged) -> None:
    other = arranged()
    make_employment(who.person, other.vendor)
    assigned(other.vendor, who.person, other.practice)
    filed(who, {who.pair: line(20)})
    filed(other, {(who.person.id, other.practice.id): line(30), other.pair: line(5)})

    own = {row.party_id: row for row in caseload_use.state(who.hr, DAY)}

    assert set(own) == {who.person.id}
    assert own[who.person.id].caseload.children == 20
    with pytest.raises(NotVisible):
        caseload_use.of_coordinator(who.hr, other.person.id, DAY)
    assert caseload_use.history(who.hr, who.person.id, DAY) == [(OCTOBER, 20)]
    assert caseload_use.history(make_user(Role.AUDITOR), who.person.id, DAY) == [(OCTOBER, 50)]


def test_the_whole_state_is_one_statement_however_many_there_are(who: Arranged) -> None:
    filed(who, {who.pair: line(20)})
    for number in range(12):
        person = make_coordinator(f"Person {number:02d}", vendor=who.vendor)
        assigned(who.vendor, person, who.practice)
    assert len(statements_of(lambda: caseload_use.state(OPERATOR, DAY))) == 1
    rows = caseload_use.state(OPERATOR, DAY)
    regions = caseload_use.by_region(rows)
    assert len(rows) == 13
    assert [(row.coordinators, row.lights[Light.GREEN], row.lights[None]) for row in regions] == [(13, 1, 12)]
    assert regions[0].share == Fraction(20, 91)


def test_filters_by_region_vendor_and_light_live_in_the_address(client: FlaskClient, who: Arranged) -> None:
    full, nobody = arranged(), arranged()
    filed(who, {who.pair: line(20)})
    filed(full, {full.pair: line(95)})
    viewer = make_user(Role.DPH_REVIEWER)
    found = caseload_use.state(viewer, DAY, Filters(light=Light.RED))
    assert [row.party_id for row in found] == [full.person.id]
    with time_machine.travel(TODAY):
        sign_in(client, viewer)
        page = client.get(f"/caseload/utilisation?vendor={full.vendor.id}&as_of=2026-11-01").text
        region = client.get(f"/caseload/utilisation?region={who.person.region}").text
        elsewhere = client.get("/caseload/utilisation?region=boston").text
        wrong = client.get("/caseload/utilisation?as_of=soon")
    assert "1 coordinator in the order of names" in page
    assert "104.4 %" in page
    assert "3 coordinators in the order of names" in region
    assert nobody.person.name in region
    assert "No coordinator fits these filters" in elsewhere
    assert wrong.status_code == 422


def test_the_coordinator_reads_how_the_own_use_is_computed(client: FlaskClient, who: Arranged) -> None:
    filed(who, {who.pair: line(20, tier=3, first_month_3=2)})
    with time_machine.travel(TODAY):
        sign_in(client, make_user(Role.COORDINATOR, who.person))
        page = client.get(f"/caseload/coordinators/{who.person.id}").text
        before = client.get(f"/caseload/coordinators/{who.person.id}?as_of=2024-01-31").text
        stranger = client.get(f"/caseload/coordinators/{arranged().person.id}")
    assert "18 × 2.3 + 2 in the first month × 2.3 × 3.2" in page
    assert "37.5 hours a week × 52 ÷ 12 × 0.80" in page
    assert "61.7 %" in page
    assert "No vendor employs this coordinator on this day." in before
    assert stranger.status_code == 404


def test_pages_of_the_list_go_forth_and_back(client: FlaskClient, who: Arranged) -> None:
    for number in range(60):
        make_coordinator(f"Person {number:02d}", vendor=who.vendor)
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        first = client.get("/caseload/utilisation").text
        onward = first.split('rel="next" href="')[1].split('"')[0]
        second = client.get(onward).text
        back = client.get(second.split('rel="prev" href="')[1].split('"')[0]).text
        odd = client.get("/caseload/utilisation?cursor=bm90aGluZw").text
    assert 'rel="prev"' not in first
    assert "Person 59" in second
    assert 'rel="next"' not in second
    assert ("Person 00" in back, "Person 59" in back) == (True, False)
    assert "Ana Ferreira" in odd


def test_a_standard_judges_a_coordinator_by_what_is_reported(who: Arranged) -> None:
    second = arranged()
    filed(who, {who.pair: line(92, families=80, contacted=71)})
    filed(second, {second.pair: line(91, families=0, contacted=0)})

    full, fits, nobody = (
        dossiers.dossier_of(person, application=None, as_of=DAY).metrics
        for person in (who.person, second.person, make_coordinator(vendor=who.vendor))
    )

    assert full == {
        "caseload_utilisation": Decimal("1.0110"), "children_per_fte": Decimal("92.00"),
        "families_contacted_90_days_percent": Decimal("88.7"),
    }  # fmt: skip
    assert fits == {"caseload_utilisation": Decimal("1.0000"), "children_per_fte": Decimal("91.00")}
    assert nobody == {}
