"""Papers between applications: a new insurance certificate does not wait for the next renewal."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import PAPER
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, Evidence
from certhub.models.messages import Message, Obligation
from certhub.models.submittals import Submittal, SubmittalReview
from certhub.queries import credentials, evaluations, obligations, standards
from certhub.queries.obligation_sources.papers import HANDED_IN
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import EvidenceInput
from certhub.rules.findings import Finding
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Result, Role, Verdict
from certhub.services import applications, submittals
from certhub.services import obligations as reminding
from certhub.web.context import press
from tests import factories
from tests.at_once import at_once
from tests.factories import sign_in
from tests.integration.parties.browsing import entries, fetched, send, tokens_of

INSURANCE = "VO-06"
KINDS = ("general_liability", "professional_liability")


@pytest.fixture
def reviewer(app: Flask) -> User:
    return factories.make_user(Role.DPH_REVIEWER)


def certified(reviewer: User, *, days_ago: int = 300) -> User:
    """HR of a vendor that was certified some days ago, by default so that its insurance runs out in some weeks."""
    vendor = factories.make_vendor()
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    with transaction():
        lifecycle.certified(vendor, lifecycle.Desk(hr, reviewer, press()), at=clock.now() - timedelta(days=days_ago))
    return hr


@pytest.fixture
def hr(reviewer: User) -> User:
    return certified(reviewer)


def renewing(hr: User, reviewer: User) -> tuple[Application, lifecycle.Desk]:
    """The open renewal of a vendor in its last weeks."""
    desk = lifecycle.Desk(hr, reviewer, press())
    assert hr.party is not None
    with transaction():
        return lifecycle.opened(hr.party, desk, at=clock.now()), desk


def filed(application: Application, desk: lifecycle.Desk) -> None:
    with transaction():
        lifecycle.submitted(lifecycle.furnished(application, desk, at=clock.now()), desk, at=clock.now())


def credential_of(hr: User) -> Credential:
    return db.session.scalars(select(Credential).where(Credential.party_id == hr.party_id)).one()


def form_of(hr: User, code: str = INSURANCE) -> str:
    return f"/credentials/{credential_of(hr).id}/requirements/{code}/papers/new"


def insurance(kind: str = KINDS[0], *, until: date | None = None) -> dict[str, Any]:
    return {
        "document_type": kind,
        "occurred_on": clock.today().isoformat(),
        "expires_on": (until or clock.today() + timedelta(days=400)).isoformat(),
        "file": (io.BytesIO(PAPER), "insurance.pdf"),
    }


def handed_in(client: FlaskClient, hr: User, kind: str = KINDS[0], until: date | None = None) -> Submittal:
    answer = send(sign_in(client, hr), form_of(hr), **insurance(kind, until=until))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return db.session.scalars(select(Submittal).order_by(Submittal.id.desc())).first()  # type: ignore[return-value]  # just made


def looked_at(client: FlaskClient, reviewer: User, paper: Submittal, verdict: str, reason: str = "") -> TestResponse:
    address = f"/papers/{paper.id}"
    form = sign_in(client, reviewer).get(address)
    shown = form.text.split('name="shown"')[1].split('value="')[1].split('"')[0] if 'name="shown"' in form.text else ""
    return client.post(address, data={**tokens_of(form), "verdict": verdict, "reason": reason, "shown": shown})


def finding(hr: User, on: date | None = None) -> Finding:
    on = on or clock.today()
    outlook = evaluations.renewal_outlook(credentials.view(credential_of(hr), on=on), as_of=on)
    assert outlook is not None
    found = outlook.judgement.evaluation.finding(INSURANCE)
    assert found is not None
    return found


def reminded(kind: str) -> list[tuple[date, str | None]]:
    """What is open of one insurance: the day, and why nobody is reminded of it at present."""
    with transaction():
        reminding.derive(clock.today(), policies=reminding.shipped_policies(), at=clock.now())
    rows = db.session.execute(
        select(Obligation.due_on, obligations.paused_because(clock.today()))
        .join(Evidence, Evidence.id == Obligation.subject_id)
        .where(
            Obligation.kind == ObligationKind.DOCUMENT_RENEWAL,
            Obligation.closed_at.is_(None),
            Evidence.requirement_code == INSURANCE,
            Evidence.value["document_type"].as_string() == kind,
        )
        .order_by(Obligation.due_on)
    )
    return [(due_on, paused) for due_on, paused in rows]


def test_a_new_certificate_counts_once_dph_has_accepted_it(client: FlaskClient, hr: User, reviewer: User) -> None:
    for kind in KINDS:
        paper = handed_in(client, hr, kind)
    later = clock.today() + timedelta(days=390)  # the old ones are long over
    assert finding(hr, later).awaiting_review
    assert finding(hr, later).result is Result.PARTIAL

    for waiting in db.session.scalars(select(Submittal)):
        assert looked_at(client, reviewer, waiting, "accepted").status_code == 302

    assert finding(hr, later).result is Result.MET
    assert [entry.party_id for entry in entries(AuditAction.PAPER_ACCEPTED)] == [hr.party_id] * 2
    told = db.session.scalars(select(Message).where(Message.kind == "paper-looked-at")).all()
    assert {one.recipient for one in told} >= {hr.email}
    assert "accepted" in told[0].body_text
    page = fetched(sign_in(client, hr), f"/credentials/{paper.credential_id}")
    assert "Accepted" in page
    assert "Take back" not in page


def test_one_that_is_sent_back_does_not_count_and_says_why(client: FlaskClient, hr: User, reviewer: User) -> None:
    before = finding(hr)
    paper = handed_in(client, hr)
    silent = looked_at(client, reviewer, paper, "returned")
    assert silent.status_code == 422
    assert "Say why" in silent.text

    assert looked_at(client, reviewer, paper, "returned", "Page 2 is missing.").status_code == 302

    assert finding(hr) == before
    page = fetched(sign_in(client, hr), f"/credentials/{paper.credential_id}")
    assert "Page 2 is missing." in page
    assert "Sent back" in page
    [told] = db.session.scalars(select(Message).where(Message.kind == "paper-looked-at", Message.recipient == hr.email))
    assert "Page 2 is missing." in told.body_text


@pytest.mark.parametrize("left", ["the account was closed", "the account is another organization's"])
def test_whoever_handed_it_in_and_has_left_hears_nothing_of_the_word(
    client: FlaskClient, hr: User, reviewer: User, left: str
) -> None:
    paper = handed_in(client, hr)
    closed = left == "the account was closed"
    values = {"deactivated_at": clock.now()} if closed else {"party_id": factories.make_vendor().id}
    db.session.connection().execute(update(User).where(User.id == hr.id).values(**values))
    db.session.expire_all()

    assert looked_at(client, reviewer, paper, "accepted").status_code == 302

    told = set(db.session.scalars(select(Message.recipient).where(Message.kind == "paper-looked-at")))
    assert told == {paper.party.email}


def test_what_goes_into_an_application_that_dph_has_is_not_offered_beside_it(
    client: FlaskClient, reviewer: User
) -> None:
    hr = certified(reviewer, days_ago=700)
    application, desk = renewing(hr, reviewer)
    record = f"/credentials/{credential_of(hr).id}"
    assert form_of(hr) in fetched(sign_in(client, hr), record), "the form leads into the application"

    filed(application, desk)

    page = fetched(sign_in(client, hr), record)
    assert form_of(hr) not in page
    assert "/papers/new" in page, "what is asked for at all times goes on"


def test_a_word_can_be_corrected_and_both_stay(client: FlaskClient, hr: User, reviewer: User) -> None:
    paper = handed_in(client, hr)
    looked_at(client, reviewer, paper, "accepted")
    assert looked_at(client, reviewer, paper, "returned", "It is of another company.").status_code == 302
    words = db.session.scalars(select(SubmittalReview).order_by(SubmittalReview.id)).all()
    assert [word.verdict for word in words] == [Verdict.ACCEPTED, Verdict.RETURNED]
    assert words[1].supersedes_id == words[0].id
    page = fetched(sign_in(client, hr), f"/credentials/{paper.credential_id}")
    assert "corrected since" in page


def test_the_reminder_waits_while_dph_looks_ends_when_it_accepts_and_goes_on_when_it_does_not(
    client: FlaskClient, hr: User, reviewer: User
) -> None:
    [(due_on, paused)] = reminded(KINDS[0])
    assert paused is None
    other = reminded(KINDS[1])
    newer = clock.today() + timedelta(days=400)

    paper = handed_in(client, hr, until=newer)
    assert reminded(KINDS[0]) == [(due_on, HANDED_IN)]
    assert reminded(KINDS[1]) == other  # the other insurance runs out all the same

    looked_at(client, reviewer, paper, "returned", "Page 2 is missing.")
    assert reminded(KINDS[0]) == [(due_on, None)]

    looked_at(client, reviewer, paper, "accepted")
    assert reminded(KINDS[0]) == [(newer, None)]
    assert reminded(KINDS[1]) == other


def test_what_was_taken_back_neither_counts_nor_waits(client: FlaskClient, hr: User, reviewer: User) -> None:
    [(due_on, _)] = reminded(KINDS[0])
    paper = handed_in(client, hr)
    page = f"/credentials/{paper.credential_id}"
    for _ in range(2):  # a double click
        answer = send(client, f"/papers/{paper.id}/take-back", page=page)
    assert answer.status_code in (302, 409, 422)
    assert "Taken back" in fetched(client, page)
    assert reminded(KINDS[0]) == [(due_on, None)]
    assert "No paper waits." in fetched(sign_in(client, reviewer), "/papers")
    assert "There is nothing to do." in fetched(client, f"/papers/{paper.id}")


def test_two_clicks_hand_in_one_paper(client: FlaskClient, hr: User) -> None:
    form = sign_in(client, hr).get(form_of(hr))
    for _ in range(2):
        answer = client.post(form_of(hr), data={**tokens_of(form), **insurance()})
        assert answer.status_code == 302
    assert len(db.session.scalars(select(Submittal)).all()) == 1


def test_a_form_without_its_document_is_kept_and_says_what_is_missing(client: FlaskClient, hr: User) -> None:
    typed = insurance()
    del typed["file"]
    answer = send(sign_in(client, hr), form_of(hr), **typed)
    assert answer.status_code == 422
    assert "Choose the file." in answer.text
    assert str(typed["expires_on"]) in answer.text
    assert not db.session.scalars(select(Submittal)).all()


def test_with_an_application_under_way_it_goes_into_the_application(client: FlaskClient, reviewer: User) -> None:
    hr = certified(reviewer, days_ago=700)
    application, desk = renewing(hr, reviewer)
    answer = sign_in(client, hr).get(form_of(hr))
    assert answer.location == f"/applications/{application.id}/requirements/{INSURANCE}/evidence/new"

    filed(application, desk)
    refused = client.get(form_of(hr))
    assert refused.status_code == 409
    assert "An application is with DPH" in refused.text
    assert client.get(form_of(hr, "VO-16")).status_code == 200  # a quarterly report is no part of the application


def test_a_word_within_an_application_answers_what_was_handed_in_before(client: FlaskClient, reviewer: User) -> None:
    hr = certified(reviewer, days_ago=700)
    paper = handed_in(client, hr, until=clock.today() + timedelta(days=1000))
    application, desk = renewing(hr, reviewer)
    filed(application, desk)
    with transaction():
        applications.take_up(application, actor=reviewer, at=clock.now())
        requirement = evaluations.judge(application, as_of=clock.today()).requirement(INSURANCE)
        assert requirement is not None
        applications.review_item(application, requirement, Verdict.ACCEPTED, "", actor=reviewer, at=clock.now())
    [word] = db.session.scalars(select(SubmittalReview))
    assert (word.submittal_id, word.verdict) == (paper.id, Verdict.ACCEPTED)


def test_dph_does_not_hand_in_for_a_holder_and_nobody_for_another(
    client: FlaskClient, hr: User, reviewer: User
) -> None:
    address = form_of(hr)
    assert "The holder hands this in" in sign_in(client, reviewer).get(address).text
    paper = handed_in(client, hr)
    stranger = factories.make_user(Role.VENDOR_HR, factories.make_vendor())
    assert sign_in(client, stranger).get(address).status_code == 404
    assert send(client, f"/papers/{paper.id}/take-back", page="/").status_code == 404
    assert client.get(f"/papers/{paper.id}").status_code == 403
    assert sign_in(client, hr).get(f"/papers/{paper.id}").status_code == 403


def test_what_is_not_handed_in_alone_has_no_form(client: FlaskClient, hr: User) -> None:
    for code in ("VO-05", "VO-10", "VO-12", "VO-15", "VO-99"):
        assert sign_in(client, hr).get(form_of(hr, code)).status_code == 404, code


def test_a_reminder_leads_to_the_form_for_the_newer_paper(client: FlaskClient, hr: User) -> None:
    [old, *_] = db.session.scalars(select(Evidence).where(Evidence.requirement_code == INSURANCE).order_by(Evidence.id))
    assert sign_in(client, hr).get(f"/evidence/{old.id}/newer").location == form_of(hr)
    signed = db.session.scalars(select(Evidence).where(Evidence.requirement_code == "VO-15")).first()
    assert signed is not None
    assert client.get(f"/evidence/{signed.id}/newer").location == f"/organizations/{hr.party_id}"
    assert client.get("/evidence/999999/newer").status_code == 404


def test_reviewers_find_what_waits_and_the_holder_what_is_asked_at_all_times(
    client: FlaskClient, hr: User, reviewer: User
) -> None:
    page = fetched(sign_in(client, hr), f"/credentials/{credential_of(hr).id}")
    assert "Also asked for between renewals, and nothing is on file" in page
    assert form_of(hr, "VO-16") in page
    paper = handed_in(client, hr)
    assert "1 paper between applications" in fetched(sign_in(client, reviewer), "/")
    waiting = fetched(client, "/papers")
    assert f'href="/papers/{paper.id}"' in waiting
    shown = fetched(client, f"/papers/{paper.id}")
    assert "insurance.pdf" in shown
    assert form_of(hr) not in fetched(client, f"/credentials/{paper.credential_id}")


def test_two_reviewers_at_once_leave_one_word(committed_app: Flask) -> None:
    first, other = factories.make_user(Role.DPH_REVIEWER), factories.make_user(Role.DPH_REVIEWER).id
    hr, reviewer = certified(first), first.id
    with committed_app.test_client() as client:
        paper = handed_in(client, hr).id

    def word(by: int, verdict: Verdict) -> None:
        with transaction():
            submittals.look_at(
                db.session.get_one(Submittal, paper), verdict, reason="Because", shown=None,
                base_url="https://certhub.example", actor=db.session.get_one(User, by), at=clock.now(),
            )  # fmt: skip

    refused = at_once(committed_app, lambda: word(reviewer, Verdict.ACCEPTED), lambda: word(other, Verdict.RETURNED))

    db.session.rollback()  # what the others wrote is read anew
    assert len(refused) == 1
    assert "Somebody else has looked at it meanwhile" in str(refused[0])
    assert len(db.session.scalars(select(SubmittalReview)).all()) == 1


def test_nothing_is_taken_back_that_dph_has_looked_at(hr: User, reviewer: User, client: FlaskClient) -> None:
    paper = handed_in(client, hr)
    looked_at(client, reviewer, paper, "accepted")
    with pytest.raises(Refusal, match="stays on file"), transaction():
        submittals.take_back(paper, actor=hr, at=clock.now())


def test_what_cannot_be_handed_in_is_refused_whatever_form_it_comes_by(hr: User, reviewer: User) -> None:
    credential = credential_of(hr)
    version = credential.periods[0].standard_version
    definition = standards.definition_of(version)
    wanted = {one.code: one for one in definition.requirements}
    given = EvidenceInput({"document_type": KINDS[0]}, occurred_on=clock.today())
    for code, actor, sentence in (
        (INSURANCE, hr, "Upload the document"),
        ("VO-05", hr, "goes into the next application"),
        (INSURANCE, reviewer, "The holder hands this in"),
    ):
        with pytest.raises(Refusal, match=sentence), transaction():
            submittals.hand_in(credential, version, wanted[code], given, file=None, actor=actor, at=clock.now())
    assert not db.session.scalars(select(Submittal)).all()


def test_dph_takes_nothing_back_for_a_holder(client: FlaskClient, hr: User, reviewer: User) -> None:
    paper = handed_in(client, hr)
    with pytest.raises(Refusal, match="Whoever handed this in"), transaction():
        submittals.take_back(paper, actor=reviewer, at=clock.now())


def test_while_an_application_is_filled_in_its_papers_go_there(reviewer: User) -> None:
    hr = certified(reviewer, days_ago=700)
    renewing(hr, reviewer)
    credential = credential_of(hr)
    definition = standards.definition_of(credential.periods[0].standard_version)
    [wanted] = [one for one in definition.requirements if one.code == INSURANCE]
    with pytest.raises(Refusal, match="Add this to the application"):
        submittals.require_open(credential, wanted, hr)
