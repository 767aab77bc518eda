"""An account whose e-mail address changes: its waiting reminders go to the new address, and the ledger says so."""

from datetime import date, timedelta

import pytest

from certhub.database import db, transaction
from certhub.models.accounts import AddressChange, User
from certhub.models.messages import MessageStatus, ReminderStatus
from certhub.rules.business_days import next_business_day
from certhub.rules.vocabulary import Role
from certhub.services import address_changes
from tests.factories import WHEN, make_coordinator, make_user, saved
from tests.integration.reminders.arranging import a_licence, deliver_on, messages, notices, run_on, watch_from

SWITCHED_ON = date(2026, 3, 2)
DUE = date(2027, 7, 30)
FIRST = next_business_day(DUE - timedelta(days=90))
NEW = "ana.new@example.org"

pytestmark = pytest.mark.usefixtures("app")


def moved(user: User) -> None:
    change = saved(
        AddressChange(
            user_id=user.id, email=NEW, token_hash="x" * 64, requested_by_id=user.id, created_at=WHEN,
            expires_at=WHEN + timedelta(days=3),
        )
    )  # fmt: skip
    with transaction():
        address_changes.confirm(change, keep_session=None, actor=user, at=WHEN)
    db.session.expire_all()


def test_a_digest_that_waits_goes_to_the_new_address_and_is_told_once() -> None:
    watch_from(SWITCHED_ON)
    user = make_user(Role.COORDINATOR, make_coordinator())
    assert user.party is not None
    a_licence(user.party, DUE)
    run_on(FIRST)
    assert [one.recipient for one in messages(MessageStatus.QUEUED)] == [user.email]

    moved(user)
    (digest,) = [one for one in deliver_on(FIRST) if one.kind == "deadlines"]
    run_on(FIRST + timedelta(days=1))

    assert digest.recipient == NEW
    assert [(one.recipient, one.status) for one in notices()] == [(NEW, ReminderStatus.SENT)]


def test_what_was_sent_before_stays_in_the_ledger_as_it_went() -> None:
    watch_from(SWITCHED_ON)
    user = make_user(Role.COORDINATOR, make_coordinator())
    former = user.email
    assert user.party is not None
    a_licence(user.party, DUE)
    run_on(FIRST)
    deliver_on(FIRST)

    moved(user)
    run_on(FIRST + timedelta(days=1))

    assert [(one.recipient, one.status) for one in notices()] == [(former, ReminderStatus.SENT)]
