"""Two people at once, and a process that dies or a disk that is full in the middle: one result, or none."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.filestore import FolderStore
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Certificate, Credential, CredentialPeriod, Decision
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, Role
from certhub.services import applications, recommendations
from certhub.services.audit_verification import verify
from certhub.web.context import press
from tests import factories
from tests.at_once import at_once


def ready(count: int = 1) -> tuple[list[int], int]:
    """Applications that only wait for the decision, and the reviewer's account."""
    reviewer = factories.make_user(Role.DPH_REVIEWER)
    found = []
    for _ in range(count):
        vendor = factories.make_vendor()
        desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), reviewer, press())
        with transaction():
            application = lifecycle.opened(vendor, desk, at=clock.now())
            lifecycle.submitted(lifecycle.furnished(application, desk, at=clock.now()), desk, at=clock.now())
            lifecycle.reviewed(application, desk, at=clock.now())
        found.append(application.id)
    return found, reviewer.id


def approve(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        applications.approve(application, "", press=press(), actor=reviewer, at=clock.now())


def deny(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        applications.deny(application, "No.", base_url="https://x.example", actor=reviewer, at=clock.now())


def test_two_reviewers_who_decide_at_once_make_one_decision(committed_app: Flask) -> None:
    """Lesson 3."""
    [application], reviewer = ready()

    problems = at_once(
        committed_app, *[lambda: approve(application, reviewer), lambda: deny(application, reviewer)] * 3
    )

    db.session.expire_all()
    assert len(problems) == 5
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
    assert db.session.get_one(Application, application).status in (ApplicationStatus.APPROVED, ApplicationStatus.DENIED)
    assert verify().broken is None


def recommend(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        recommendations.recommend(application, DecisionOutcome.APPROVED, "", "", actor=reviewer, at=clock.now())


def send_back(application_id: int, reviewer_id: int) -> None:
    application = db.session.get_one(Application, application_id)
    reviewer = db.session.get_one(User, reviewer_id)
    with transaction():
        recommendations.send_back(application, "Look again.", actor=reviewer, at=clock.now())


def test_two_people_who_act_on_a_recommendation_at_once_do_one_thing_and_the_others_read_what_is_true(
    committed_app: Flask,
) -> None:
    [application], reviewer = ready()
    recommend(application, reviewer)
    others = [factories.make_user(Role.DPH_REVIEWER).id for _ in range(4)]

    problems = at_once(
        committed_app,
        *[lambda one=one: approve(application, one) for one in others[:2]],
        *[lambda one=one: deny(application, one) for one in others[2:]],
        lambda: approve(application, reviewer),
    )

    db.session.expire_all()
    decision = db.session.scalars(select(Decision)).one()
    assert decision.decided_by_id in others
    assert decision.recommended_by_id == reviewer
    assert len(problems) == 4
    assert all("closed" in str(one) or "already been" in str(one) or "another person" in str(one) for one in problems)
    assert verify().broken is None


def test_a_recommendation_that_is_taken_back_while_somebody_decides_is_decided_or_taken_back(
    committed_app: Flask,
) -> None:
    [application], reviewer = ready()
    recommend(application, reviewer)
    other = factories.make_user(Role.DPH_REVIEWER).id

    problems = at_once(committed_app, lambda: deny(application, other), lambda: send_back(application, reviewer))

    db.session.expire_all()
    found = db.session.scalars(select(Decision)).all()
    status = db.session.get_one(Application, application).status
    # Taken back first, it is under review again, and the denial that follows is one person's own decision.
    assert status is ApplicationStatus.DENIED
    assert len(found) == 1
    assert len(problems) == (0 if found[0].recommendation_id is None else 1)


def test_credentials_granted_at_the_same_time_have_numbers_of_their_own(committed_app: Flask) -> None:
    waiting, reviewer = ready(6)

    problems = at_once(committed_app, *[lambda one=one: approve(one, reviewer) for one in waiting])

    assert problems == []
    numbers = db.session.scalars(select(Credential.number)).all()
    assert len(numbers) == len(set(numbers)) == 6
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 6
    assert verify().broken is None


def test_a_full_disk_leaves_the_application_undecided(committed_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    [application], reviewer = ready()

    def full(_self: FolderStore, _data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FolderStore, "put", full)
    with pytest.raises(OSError, match="No space left"):
        approve(application, reviewer)
    monkeypatch.undo()
    db.session.expire_all()

    assert db.session.get_one(Application, application).status is ApplicationStatus.UNDER_REVIEW
    assert not db.session.scalars(select(Credential)).all()
    approve(application, reviewer)
    assert db.session.scalars(select(Certificate)).one()


KILLED = """
import os, random, signal, sys, threading, time
from certhub.app import create_app
from certhub.config import load
from certhub.database import db
sys.path.insert(0, {root!r})
from tests.integration.certification.test_concurrency import approve
app = create_app(load({{}}, database_url={url!r}, data_dir={folder!r}, secret_key="x" * 40))
with app.app_context():
    app.test_client().get("/")
    print("ready", flush=True)
    sys.stdin.readline()
    approve({application}, {reviewer})
    print("done", flush=True)
"""


@pytest.mark.reliability
def test_a_process_killed_while_it_approves_leaves_all_or_nothing(committed_app: Flask) -> None:
    kills = 20
    waiting, reviewer = ready(kills)
    settings = committed_app.extensions["certhub"].settings
    db.session.remove()
    delays = [0.001 * step * 6 for step in range(kills)]  # over the whole length of an approval, and a little beyond

    for application, delay in zip(waiting, delays, strict=True):
        program = textwrap.dedent(KILLED).format(
            root=str(Path(__file__).parents[3]), url=settings.database_url, folder=settings.data_dir,
            application=application, reviewer=reviewer,
        ).replace("PosixPath(", "__import__('pathlib').Path(")  # fmt: skip
        with subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            child.stdin.write("go\n")
            child.stdin.flush()
            threading.Event().wait(delay)
            os.kill(child.pid, signal.SIGKILL)

    decided = set(db.session.scalars(select(Decision.application_id)))
    approved = set(db.session.scalars(select(Application.id).where(Application.status == ApplicationStatus.APPROVED)))
    granted = set(db.session.scalars(select(CredentialPeriod.application_id)))
    certified = set(
        db.session.scalars(
            select(CredentialPeriod.application_id).join(Certificate, Certificate.period_id == CredentialPeriod.id)
        )
    )
    told = set(db.session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "application.approved")))
    assert decided == approved == granted == certified == told
    assert verify().broken is None
    for application in set(waiting) - decided:
        approve(application, reviewer)  # what was not done can be done
