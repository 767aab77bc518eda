"""The pages of reminder policies: what a change would send is seen before it is saved."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certhub.database import db
from certhub.models.audit import AuditEntry
from certhub.models.messages import Obligation, Reminder, ReminderNotice
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.queries import reminder_policies as reading
from certhub.rules.policy_versions import PolicyVersion, in_force
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import Role
from certhub.services import policy_previews, reminder_policies
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.reminders.arranging import a_licence, run_on, watch_from
from tests.integration.reminders.test_policy_changes import run_with

TODAY = date(2027, 6, 14)
ADDRESS = "/reminder-policies/licence_renewal/change"
KIND = ObligationKind.LICENCE_RENEWAL


@pytest.fixture(autouse=True)
def today(client: FlaskClient) -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T16:00:00+00:00", tick=False):
        yield


def sent(client: FlaskClient, fields: dict[str, str]) -> TestResponse:
    """The form with its tokens, as a browser sends it."""
    page = client.get(ADDRESS).text
    tokens = dict(re.findall(r'<input[^>]*name="(csrf_token|submission_token)"[^>]*value="([^"]*)"', page))
    return client.post(ADDRESS, data={**tokens, **fields})


@pytest.fixture
def administrator(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.DPH_ADMINISTRATOR))


def typed(**changes: str) -> dict[str, str]:
    return {
        "is_on": "y", "offsets": "90, 30, 7, 0", "counted_in": "calendar_days", "business_days": "y",
        "open_days": "180", "to_holder": "every step", "to_employer": "from 30", "to_dph": "0", "bundling": "digest",
        "text": "", "effective_from": str(TODAY + timedelta(days=1)), "version": "1", "step": "look", **changes,
    }  # fmt: skip


def some_licences() -> None:
    watch_from(date(2027, 1, 4))
    vendor = make_vendor()
    make_user(Role.VENDOR_HR, vendor)
    for number, days in enumerate((10, 20, 32, 35, 45, 60)):
        a_licence(make_coordinator(vendor=vendor), TODAY + timedelta(days=days), number=f"RN10{number}")
    run_on(TODAY)


def versions() -> int:
    return db.session.scalar(select(func.count()).where(ReminderPolicyVersion.kind == KIND)) or 0


def shown(page: str) -> str:
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_the_policies_are_read_by_dph_and_changed_by_administrators_only(client: FlaskClient) -> None:
    reviewer = sign_in(client, make_user(Role.DPH_REVIEWER))
    assert "Renewal of an outside licence" in reviewer.get("/reminder-policies").text
    page = reviewer.get("/reminder-policies/licence_renewal").text
    assert "The policy that CertHub ships." in page
    assert "Change this policy" not in page
    assert reviewer.get(ADDRESS).status_code == 403
    hr = sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))
    assert hr.get("/reminder-policies").status_code == 403


def test_a_change_is_saved_only_after_its_numbers_were_seen_and_with_a_reason(administrator: FlaskClient) -> None:
    some_licences()
    first = sent(administrator, typed(offsets="90, 30, 14, 7, 0"))
    assert first.status_code == 200
    assert "What it would send" in first.text
    assert versions() == 1
    other = typed(offsets="90, 21, 7, 0", to_employer="every step", step="confirm", shown=shown(first.text), reason="x")
    unseen = sent(administrator, other)
    assert "You changed something since the numbers were shown" in unseen.text
    confirm = typed(offsets="90, 30, 14, 7, 0", step="confirm", shown=shown(first.text))
    assert "Say why the policy changes" in sent(administrator, confirm).text
    assert versions() == 1
    saved = sent(administrator, {**confirm, "reason": "People asked for two weeks."})
    assert saved.status_code == 302
    assert versions() == 2
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert entry.action == "reminder_policy.changed"
    assert "People asked for two weeks." in administrator.get("/reminder-policies/licence_renewal").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"offsets": "7, 30"}, "must go from the earliest reminder to the latest"),
        ({"offsets": "soon"}, "Type whole numbers with commas between them"),
        ({"offsets": "90, 30, 7 0 -1, -15"}, "&#34;7 0 -1&#34; is not a whole number"),
        ({"offsets": "90, 30, , 7, 0"}, "Type whole numbers with commas between them"),
        ({"to_dph": "0, 123456"}, "&#34;123456&#34; is not a whole number"),
        ({"to_holder": "", "to_employer": "", "to_dph": ""}, "Somebody must hear of it"),
        ({"to_dph": "from 3"}, "step 3 is not among the offsets"),
        ({"open_days": "9999"}, "How long it stays open: must be a whole number from 0 to 730"),
        ({"effective_from": str(TODAY)}, "Choose tomorrow or a later day"),
        ({"to_employer": "every step"}, "Nothing differs from the policy as it is"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_keeps_what_was_typed(
    administrator: FlaskClient, change: dict[str, str], sentence: str
) -> None:
    answer = sent(administrator, typed(**change))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "What it would send" not in answer.text


def test_the_preview_counts_what_the_job_then_sends(administrator: FlaskClient) -> None:
    """The same numbers as thirty runs of the job, by day and by audience; and the preview itself writes nothing."""
    some_licences()
    before = db.session.scalar(select(func.count()).select_from(Reminder))
    now = reading.version_of(reading.latest(KIND))
    foreseen = policy_previews.counted([now], today=TODAY)
    assert db.session.scalar(select(func.count()).select_from(Reminder)) == before
    told: Counter[tuple[date, str]] = Counter()
    for after in range(1, policy_previews.DAYS_AHEAD + 1):
        run_with(TODAY + timedelta(days=after))
    rows = db.session.execute(
        select(Reminder.send_on, ReminderNotice.audience)
        .join(ReminderNotice, ReminderNotice.reminder_id == Reminder.id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(
            Obligation.kind == KIND, Reminder.send_on > TODAY,
        )
    )  # fmt: skip
    told.update((day, audience) for day, audience in rows)
    assert foreseen.counts == told
    assert foreseen.in_all > 6


def test_the_preview_counts_the_dates_that_a_policy_which_waits_longer_opens_again() -> None:
    watch_from(date(2027, 1, 4))
    renewed, long_ago = make_coordinator(), TODAY - timedelta(days=200)
    for person in (renewed, make_coordinator()):
        a_licence(person, long_ago, number=f"RN{person.id}")
    run_on(date(2027, 1, 5))
    run_on(TODAY)
    a_licence(renewed, date(2029, 6, 14), number=f"RN{renewed.id}")
    now = reading.version_of(reading.latest(KIND))
    longer = replace(
        now.policy, offsets=(*now.policy.offsets, -210), open_days=365, recipients={Audience.HOLDER: (-210,)}
    )
    versions = [now, PolicyVersion(2, TODAY + timedelta(days=1), longer, made_on=TODAY)]

    assert policy_previews.counted([now], today=TODAY).in_all == 0
    assert policy_previews.counted(versions, today=TODAY).in_all == 1
    for after in range(1, 12):
        day = TODAY + timedelta(days=after)
        policy = in_force(versions, day)
        assert policy is not None
        run_with(day, {**reminder_policies.in_force(day), KIND: policy})
    assert db.session.scalar(select(func.count()).select_from(ReminderNotice)) == 1


def test_the_form_holds_an_escalation_as_it_was_said(administrator: FlaskClient) -> None:
    page = administrator.get("/reminder-policies/financial_report/change").text
    assert re.search(r'name="to_dph"[^>]*value="from 0"', page)
    assert re.search(r'name="to_organization"[^>]*value="every step"', page)


def test_a_policy_that_is_switched_off_sends_nothing(administrator: FlaskClient) -> None:
    some_licences()
    off = typed(to_employer="every step")
    del off["is_on"]
    page = sent(administrator, off).text
    assert "<strong>0 reminders</strong>" in page
    assert reminder_policies.in_force(TODAY)[KIND].is_on
