"""The corners of a merge: languages, letters that both records got, accounts, and an undoing that would not fit."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Evidence
from certhub.models.exposures import ExposureNotice
from certhub.models.parties import Coordinator, Party, PartyLanguage
from certhub.rules.exposure import Link, Reader
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import employment
from certhub.services import record_merges as service
from tests import factories
from tests.factories import WHEN
from tests.integration.exposure.arranging import changed
from tests.integration.history.test_merging import AT, LATER, applied, everything, merge, pair, undo


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def spoken(person: Coordinator) -> list[str]:
    found = select(PartyLanguage.code).where(PartyLanguage.party_id == person.id).order_by(PartyLanguage.code)
    return list(db.session.scalars(found))


def test_the_languages_of_both_are_spoken_and_go_back(administrator: User) -> None:
    kept, absorbed = pair()
    for person, codes in ((kept, "es"), (absorbed, "es fr pt")):
        for code in codes.split():
            factories.saved(PartyLanguage(party_id=person.id, code=code))
    before = everything()

    done = merge(kept, absorbed, administrator)

    assert (spoken(kept), spoken(absorbed)) == (["es", "fr", "pt"], ["es", "fr", "pt"])
    undo(done, administrator)
    assert everything() == before


@pytest.mark.parametrize("different", [{}, {"first_on": date(2026, 5, 2)}, {"recipient": "another@example.org"}])
def test_a_letter_that_both_records_were_sent_stays_where_it_is(
    administrator: User, different: dict[str, object]
) -> None:
    kept, absorbed = pair()
    practice, vendor = factories.make_practice(), factories.make_vendor()

    def sent(person: Coordinator, **changes: object) -> ExposureNotice:
        given: dict[str, object] = {"first_on": date(2026, 5, 1), "recipient": "hr@example.org", **changes}
        return factories.saved(
            ExposureNotice(
                coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, link=Link.CREDENTIAL,
                reader=Reader.VENDOR, recipient_name="HR", recorded_at=WHEN, **given,
            )
        )  # fmt: skip

    sent(kept)
    letter = sent(absorbed, **different)

    done = merge(kept, absorbed, administrator)

    assert letter.coordinator_id == (kept.id if different else absorbed.id)
    undo(done, administrator)
    assert letter.coordinator_id == absorbed.id


def test_of_two_accounts_one_stays_open_and_the_other_opens_again_when_it_is_undone(administrator: User) -> None:
    kept, absorbed = pair()
    mine, theirs = (factories.make_user(Role.COORDINATOR, person) for person in (kept, absorbed))

    done = merge(kept, absorbed, administrator)

    assert (mine.is_active, theirs.is_active, theirs.party_id) == (True, False, absorbed.id)
    undo(done, administrator)
    assert (mine.is_active, theirs.is_active) == (True, True)


def test_an_application_goes_back_with_the_evidence_that_it_had_before(administrator: User) -> None:
    kept, absorbed = pair()
    application = applied(absorbed, administrator)
    factories.saved(
        Evidence(
            party_id=absorbed.id, application_id=application.id, requirement_code="CC-02", value={"text": "Degree"},
            recorded_at=WHEN,
        )
    )  # fmt: skip
    done = merge(kept, absorbed, administrator)
    assert application.party_id == kept.id

    undo(done, administrator)

    assert application.party_id == absorbed.id


def test_an_email_goes_back_although_an_organization_uses_it_by_now_and_not_where_a_person_does(
    administrator: User,
) -> None:
    for other in (factories.make_vendor(), factories.make_coordinator()):
        kept, absorbed = pair()
        mine, theirs = kept.email, absorbed.email
        done = merge(kept, absorbed, administrator, take=["email"])
        changed(other, email=mine)

        undo(done, administrator)

        found = db.session.scalars(select(Party.email).where(Party.id == kept.id)).one()
        assert found == (theirs if isinstance(other, Coordinator) else mine)


def test_nothing_is_merged_or_separated_without_a_reason(administrator: User) -> None:
    kept, absorbed = pair()
    with pytest.raises(Refusal) as refused:
        merge(kept, absorbed, administrator, reason=" ")
    assert (refused.value.field, absorbed.merged_into_id) == ("reason", None)
    done = merge(kept, absorbed, administrator)
    with pytest.raises(Refusal) as refused:
        undo(done, administrator, reason=" ")
    assert (refused.value.field, absorbed.merged_into_id) == ("reason", kept.id)


def test_an_undoing_that_leaves_two_employments_on_the_same_days_is_refused(administrator: User) -> None:
    vendor = factories.make_vendor()
    kept, absorbed = pair()
    mine = factories.make_employment(kept, vendor)
    factories.make_employment(absorbed, vendor)
    done = merge(kept, absorbed, administrator)
    with transaction():
        employment.end(mine, last_day=date(2026, 11, 30), base_url="", actor=administrator, at=AT + timedelta(days=1))

    with pytest.raises(Refusal, match="two employments") as refused, transaction():
        service.undo(done, reason="Two people.", since_to_absorbed=True, actor=administrator, at=LATER)
    assert refused.value.field == "since"
    db.session.expire_all()
    assert absorbed.merged_into_id == kept.id
