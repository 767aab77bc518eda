"""The roster of hours: each row is the judgement of the person's own record, and only those who lack it are listed."""

import csv
import io
import random
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Application, ItemReview
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.training import TrainingApproval
from certhub.queries import evaluations, training_hours, transcripts
from certhub.queries.training_hours import HoursFilters, HoursRow, Lack
from certhub.rules.orders import Cohort, OrderKind
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, Role, Verdict
from certhub.services import training
from tests import factories
from tests.factories import WHEN
from tests.integration.orders.arranging import certified, drafted, put_in_force, standard
from tests.integration.parties.browsing import fetched, statements_of, vendor_hr
from tests.integration.parties.test_transcripts import taught

TODAY = clock.today()
ROSTER = "/coordinators/training-hours"
ENDS_IN = (-200, -20, -1, 0, 40, 200, 600)
ETHICS = TrainingCategory.ETHICS_SCOPE


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def vendor(app: Flask) -> VendorOrganization:
    return factories.make_vendor("Harbor Care")


def roster(viewer: User, filters: HoursFilters | None = None) -> list[HoursRow]:
    return training_hours.page(viewer, filters or HoursFilters(), as_of=TODAY).page.rows


@pytest.fixture
def everybody(vendor: VendorOrganization, administrator: User) -> list[Coordinator]:
    """Terms that ended, end and begin, with training in and beside their windows, twice, and not approved."""
    draw = random.Random(7)  # noqa: S311  (a repeatable draw, not a secret)
    people = []
    for place, ends_in in enumerate(ENDS_IN):
        person = factories.make_coordinator(f"Person {place}", vendor=vendor)
        certified(person, TODAY + timedelta(days=ends_in))
        for number in range(6):
            title = draw.choice(["Ethics", "ETHICS", "Schools"])
            done = taught(
                person, title, hours=draw.choice([0.5, 2, 7.25]), days_ago=draw.choice([0, 5, 5, 300, 700, 900]),
                category=draw.choice(["core", "ethics_scope", "cultural", "general"]), approved=draw.random() < 0.8,
            )  # fmt: skip
            if number == 0:
                factories.saved(
                    TrainingApproval(
                        completion_id=done.id, approved=draw.random() < 0.5, reason="Looked at",
                        reviewer_id=administrator.id, recorded_at=WHEN,
                    )
                )  # fmt: skip
        people.append(person)
    people.append(_renewing(vendor, administrator))
    gone = taught(people[5], "Taken back", hours=9, days_ago=4)
    with transaction():
        training.withdraw(gone, reason="Somebody else", actor=administrator, at=clock.now())
    return people


def _renewing(vendor: VendorOrganization, hr: User) -> Coordinator:
    """Somebody whose renewal was filed in time, ended since, and waits for DPH."""
    person = factories.make_coordinator("Person 7", vendor=vendor)
    ended = TODAY - timedelta(days=25)
    credential = certified(person, ended)
    term = credential.periods[0]
    filed = clock.now() - timedelta(days=40)
    factories.saved(
        Application(
            party_id=person.id, owner_id=vendor.id, kind=ApplicationKind.RENEWAL, credential_id=credential.id,
            status=ApplicationStatus.SUBMITTED, standard_id=credential.standard_id,
            standard_version_id=term.standard_version_id, opened_by_id=hr.id, opened_at=filed, submitted_at=filed,
            submitted_on=clock.civil_date(filed), complete_at=filed, stage_from=clock.civil_date(filed),
            due_on=clock.civil_date(filed),
        )
    )  # fmt: skip
    taught(person, "After the last day", hours=4, days_ago=5)
    taught(person, "In time", hours=3, days_ago=60)
    return person


def test_each_row_is_what_the_renewal_of_the_record_is_judged_by(
    everybody: list[Coordinator], administrator: User
) -> None:
    rows = {row.id: row for row in roster(administrator)}
    kinds = set()
    for person in everybody:
        outlook = evaluations.outlook_of(person, as_of=TODAY)
        row = rows[person.id]
        if outlook is None:
            assert row.accounts == ()
            continue
        assert row.kind is outlook.judgement.occasion.kind
        kinds.add(row.kind)
        for account in row.accounts:
            assert account.finding == outlook.judgement.evaluation.finding(account.requirement.code)
        assert {account.requirement.code for account in row.accounts} == {"CC-09"}
    assert kinds == {ApplicationKind.RENEWAL, ApplicationKind.REINSTATEMENT}
    (filed,) = rows[everybody[-1].id].accounts
    assert filed.finding.have.startswith("3 hours;"), "hours after the last day do not count for a renewal"


@pytest.mark.parametrize("waived", ["by the reviewer", "by an order", "and then not"])
def test_what_is_waived_for_a_filed_renewal_is_asked_for_on_neither_the_transcript_nor_the_roster(
    vendor: VendorOrganization, administrator: User, waived: str
) -> None:
    person = _renewing(vendor, administrator)
    application = db.session.scalars(select(Application).where(Application.party_id == person.id)).one()
    assert application.submitted_on
    if waived == "by an order":
        order = drafted(
            administrator, kind=OrderKind.WAIVER, waived_codes=("CC-09",), cohort=Cohort(standard_id=standard().id),
            submitted_from=application.submitted_on, submitted_to=application.submitted_on,
        )  # fmt: skip
        put_in_force(order, administrator)
    else:
        verdicts = [Verdict.WAIVED] if waived == "by the reviewer" else [Verdict.WAIVED, Verdict.ACCEPTED]
        for verdict in verdicts:
            factories.saved(
                ItemReview(
                    application_id=application.id, requirement_code="CC-09", verdict=verdict, reason="Long illness.",
                    reviewer_id=administrator.id, recorded_at=WHEN,
                )
            )  # fmt: skip
    (row,) = roster(administrator)
    (own,) = row.accounts
    (told,) = transcripts.of(administrator, person, on=TODAY).accounts
    assert own.finding == told.finding
    assert own.asked is told.asked is (waived == "and then not")
    assert bool(row.needs) is own.asked
    assert bool(roster(administrator, HoursFilters(lacks=Lack()))) is own.asked


def test_what_a_reviewer_waived_for_a_first_certificate_is_not_asked_for_on_the_roster(
    vendor: VendorOrganization, administrator: User
) -> None:
    person = factories.make_coordinator(vendor=vendor)
    application = factories.saved(
        Application(
            party_id=person.id, owner_id=vendor.id, kind=ApplicationKind.INITIAL, standard_id=standard().id,
            opened_by_id=administrator.id, opened_at=WHEN, stage_from=WHEN.date(),
        )
    )  # fmt: skip
    (before,) = roster(administrator)
    waivable = next(one.requirement.code for one in before.accounts if one.requirement.waivable and one.asked)
    factories.saved(
        ItemReview(
            application_id=application.id, requirement_code=waivable, verdict=Verdict.WAIVED, reason="She teaches it.",
            reviewer_id=administrator.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    (row,) = roster(administrator)
    assert [one.finding for one in row.accounts] == [
        one.finding for one in transcripts.of(administrator, person, on=TODAY).accounts
    ]
    assert waivable not in {need.code for need in row.needs}


def test_whoever_has_no_credential_is_judged_for_the_first_one(vendor: VendorOrganization, administrator: User) -> None:
    person = factories.make_coordinator(vendor=vendor)
    taught(person, "Core part 1", category="core", hours=20, days_ago=1000)
    (row,) = roster(administrator)
    assert (row.kind, row.expires_on) == (ApplicationKind.INITIAL, None)
    hours, modules = row.accounts
    assert hours.finding.have == "20 hours; ethics 0"
    assert modules.needs[0].courses == ("PCCC-M1", "PCCC-M2", "PCCC-M3", "PCCC-M4", "PCCC-M5")


def test_only_those_who_lack_it_are_listed(vendor: VendorOrganization, administrator: User) -> None:
    lacking, there = (factories.make_coordinator(name, vendor=vendor) for name in ("Lara Lacking", "Theo There"))
    for person in (lacking, there):
        certified(person, TODAY + timedelta(days=60))
        taught(person, "Core", category="core", hours=24)
    taught(there, "Ethics", hours=2)
    taught(lacking, "Ethics", hours=1.75)
    assert [row.name for row in roster(administrator, HoursFilters(lacks=Lack(ETHICS)))] == ["Lara Lacking"]
    cultural = HoursFilters(lacks=Lack(TrainingCategory.CULTURAL))
    assert [row.name for row in roster(administrator, cultural)] == ["Lara Lacking", "Theo There"]
    assert roster(administrator, HoursFilters(lacks=Lack(code="CC-02"))) == []


def test_a_list_of_those_who_lack_something_looks_through_so_many_people_a_page(
    everybody: list[Coordinator], administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_hours, "LOOKED_THROUGH", 2)
    filters = HoursFilters(lacks=Lack())
    found: list[str] = []
    cursor: str | None = None
    for _ in range(len(everybody)):
        page = training_hours.page(administrator, filters, as_of=TODAY, cursor=cursor).page
        assert len(page.rows) <= 2
        found += [row.name for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    expected = [row.name for row in roster(administrator) if row.needs]
    assert found == expected
    assert [row.name for row in training_hours.whole(administrator, filters, as_of=TODAY)] == expected


def test_who_lack_it_come_with_the_nearest_deadline_first_then_those_past_it_then_those_without_one(
    vendor: VendorOrganization, administrator: User
) -> None:
    for name, ends_in in (("Eve", -100), ("Ada", 300), ("Bea", 30), ("Cid", 90)):
        certified(factories.make_coordinator(name, vendor=vendor), TODAY + timedelta(days=ends_in))
    factories.make_coordinator("Dora", vendor=vendor)
    found = training_hours.who_lack(administrator, as_of=TODAY, category=ETHICS)
    assert [row.name for row in found] == ["Bea", "Cid", "Ada", "Eve", "Dora"]
    assert [row.name for row in training_hours.who_lack(administrator, as_of=TODAY, code="CC-02B")] == ["Dora"]


def test_hr_sees_its_own_people_and_no_filters_that_only_dph_can_choose(
    client: FlaskClient, everybody: list[Coordinator], vendor: VendorOrganization
) -> None:
    elsewhere = factories.make_coordinator("Elsa Elsewhere", vendor=factories.make_vendor("Old Colony"))
    vendor_hr(client, vendor)
    page = fetched(client, f"{ROSTER}?vendor=Old+Colony&region=boston")
    assert "Person 0" in page
    assert elsewhere.name not in page
    assert 'name="vendor"' not in page
    factories.sign_in(client, factories.make_user(Role.FUND_MANAGER))
    page = fetched(client, f"{ROSTER}?vendor=colony")
    assert elsewhere.name in page
    assert "Person 0" not in page


def test_the_filters_narrow_and_say_what_to_do_where_nobody_is_left(
    client: FlaskClient, everybody: list[Coordinator], vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    soon = fetched(client, f"{ROSTER}?within=90")
    assert [name for name in (f"Person {place}" for place in range(8)) if name in soon] == ["Person 3", "Person 4"]
    assert "Person 5" in fetched(client, f"{ROSTER}?q=person+5")
    assert "Nobody fits these filters." in fetched(client, f"{ROSTER}?q=nobody")
    assert "Nobody lacks this." in fetched(client, f"{ROSTER}?q=nobody&lacks=anything")
    lacking = fetched(client, f"{ROSTER}?lacks=ethics_scope&status=current")
    assert '<option value="ethics_scope" selected>' in lacking
    assert '<option value="general"' not in lacking
    assert "Person 0" not in lacking


def test_the_file_has_everybody_of_the_filter_and_runs_no_formula(
    client: FlaskClient, everybody: list[Coordinator], vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    factories.make_coordinator("=Sum Person", vendor=vendor)
    text = client.get(f"{ROSTER}.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["coordinator"] for row in rows} == {"'=Sum Person", *(person.name for person in everybody)}
    first = next(row for row in rows if row["coordinator"] == "'=Sum Person" and row["requirement"] == "CC-02")
    assert (first["hours"], first["asked for"], first["hours to go"]) == ("0", "40", "40")
    assert first["lacks"] == "40 hours, of them 2 on ethics"
    only = client.get(f"{ROSTER}.csv?within=90").get_data(as_text=True)
    assert "Person 3" in only
    assert "Person 5" not in only


def test_a_roster_costs_the_same_statements_however_many_people_are_on_it(
    vendor: VendorOrganization, administrator: User
) -> None:
    """Lesson 23."""

    def people(number: int) -> None:
        for place in range(number):
            person = factories.make_coordinator(vendor=vendor)
            certified(person, TODAY + timedelta(days=100 + place))
            taught(person, "Ethics")
        factories.make_coordinator(vendor=vendor)

    def read() -> object:
        db.session.expire_all()
        return roster(db.session.get_one(User, administrator.id))

    people(1)
    read()
    few = len(statements_of(read))
    people(8)
    assert len(statements_of(read)) == few
    assert few < 15


def test_a_first_day_long_ago_is_no_trouble(vendor: VendorOrganization, administrator: User) -> None:
    person = factories.make_coordinator(vendor=vendor)
    certified(person, date(2001, 7, 31))
    (row,) = roster(administrator)
    assert (row.accounts, row.needs, row.expires_on) == ((), [], date(2001, 7, 31))
