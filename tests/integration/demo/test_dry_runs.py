"""A dry run says what there is to do and leaves everything as it was, whatever job it is of."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import insert, select, update

from certhub import clock
from certhub.config import Settings
from certhub.database import db, transaction
from certhub.jobs import runner
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import Occasion
from certhub.models import Base
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.certification import Application
from certhub.models.files import StoredFile
from certhub.models.imports import RosterImport, RosterWork
from certhub.models.jobs import JobRun
from certhub.models.messages import FailingAddress, Message, MessageStatus
from certhub.models.orders import BoardOrder
from certhub.models.parties import Coordinator, Employment, VendorOrganization
from certhub.models.proposals import Proposal
from certhub.models.standards import StandardVersion
from certhub.models.training_imports import ImportWork, TrainingImport
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.vocabulary import Role, VersionStatus
from certhub.services import standard_previews
from certhub.services.mail_failures import PROVEN_AFTER
from tests.integration.demo.loading import TODAY

A_YEAR_LATER = TODAY + timedelta(days=400)
"""Applications were left alone, requests and links have ended, credentials have run out, and dates have come up."""
_vendor = VendorOrganization.__table__.c.id
_BY_ITSELF = frozenset({"table-statistics"})
"""What PostgreSQL does without being asked."""


def test_a_dry_run_of_each_job_counts_what_waits_and_changes_no_row_and_no_file(demo: Flask, tmp_path: Path) -> None:
    settings = replace(demo.extensions["certhub"].settings, bounce_dir=tmp_path)
    with nothing_is_kept(), time_machine.travel(f"{A_YEAR_LATER}T16:00:00+00:00", tick=False):
        _work_of_each_kind_waits(settings)
        part = _a_piece_of_a_file(settings)
        try:
            rows, files = _rows(), _files(settings)
            counts = {name: _dry(name, settings) for name in all_jobs()}
            changed = [name for name, each in _rows().items() if each != rows[name]]
            assert (changed, _files(settings)) == ([], files)
        finally:
            part.unlink()
    idle = {name for name, found in counts.items() if not any(found.values())}
    assert idle == (_BY_ITSELF if db.engine.dialect.name == "postgresql" else set())


@contextmanager
def nothing_is_kept() -> Iterator[None]:
    """What is arranged for jobs, which open their own transactions, is taken back afterwards."""
    engine = db.engines[None]
    db.session.remove()
    connection = engine.connect()
    outer = connection.begin()
    db.engines[None] = connection  # type: ignore[index]  # as the fixture `app` does
    try:
        yield
    finally:
        db.session.remove()
        outer.rollback()
        connection.close()
        db.engines[None] = engine  # type: ignore[index]  # as above


def _dry(name: str, settings: Settings) -> dict[str, Any]:
    row = runner.run(all_jobs()[name], Occasion(clock.today(), settings, lambda _item: "/", dry_run=True))
    assert (row.error, row.dry_run) == (None, True), (name, row.error)
    return row.counts


def _rows() -> dict[str, str]:
    """What stands in each table but that of the runs."""
    db.session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table is not JobRun.__table__:
            told = sorted(map(repr, db.session.execute(select(table))))
            found[table.name] = hashlib.sha256("\n".join(told).encode()).hexdigest()
    return found


def _files(settings: Settings) -> dict[str, str]:
    """What is in each file of the data folder, and in that of the mail that came back."""
    assert settings.bounce_dir is not None
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (settings.data_dir, settings.bounce_dir)
        for path in folder.rglob("*")
        if path.is_file()
    }


def _a_piece_of_a_file(settings: Settings) -> Path:
    """What a writer left behind that was killed."""
    part = next(settings.files_dir.glob("??/??/*")).with_name(".part-left")
    part.write_bytes(b"half a file")
    then = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(part, (then, then))
    return part


def _work_of_each_kind_waits(settings: Settings) -> None:
    """What the demo state does not have waiting by itself a year later."""
    assert settings.bounce_dir is not None
    (settings.bounce_dir / "report").write_bytes(b"A report of a mail server")
    now = clock.now()
    with transaction() as session:
        office = session.scalars(select(User).where(User.role == Role.DPH_ADMINISTRATOR)).first()
        draft = session.scalars(select(StandardVersion).where(StandardVersion.status == VersionStatus.DRAFT)).first()
        sent = session.scalars(select(Message).where(Message.status == MessageStatus.SENT)).first()
        assert office is not None
        assert draft is not None
        assert sent is not None
        assert sent.sent_at is not None
        standard_previews.ask(draft, actor=office, at=now)
        asked = {"asked_by_id": office.id, "asked_at": now}
        order = session.scalars(select(BoardOrder.id).order_by(BoardOrder.id)).first()
        values = {"order_id": order, "of_revocation": True, "total": 1, "done": 0, "last_recipient": "", **asked}
        session.execute(insert(Announcement).values(values))
        session.execute(update(Proposal).values(finished_at=None))
        work = {"work": ImportWork.CHECK, "work_asked_by_id": office.id, "work_asked_at": now}
        session.execute(update(TrainingImport).values(work))
        employer, file = (session.scalars(select(each).order_by(each)).first() for each in (_vendor, StoredFile.id))
        roster = {"vendor_id": employer, "file_id": file, "created_at": now, "report": {}, **work}
        session.execute(insert(RosterImport).values(row_count=1, error_count=0, **roster | {"work": RosterWork.CHECK}))
        failed_at = sent.sent_at - PROVEN_AFTER
        values = {"address": sent.recipient.lower(), "message_id": sent.id, "failed_at": failed_at, "bounced": True}
        session.execute(insert(FailingAddress).values(problem="It came back.", **values))
        _somebody_works_elsewhere(session)


def _somebody_works_elsewhere(session: Any) -> None:
    """The employer of somebody with an open application is another vendor than the one that handed it in."""
    found = session.execute(
        select(Application.owner_id, Employment.id)
        .join(Coordinator, Coordinator.id == Application.party_id)
        .join(Employment, Employment.coordinator_id == Coordinator.id)
        .where(
            Application.status.in_(OPEN_STATUSES),
            Employment.employer_id == Application.owner_id,
            Employment.superseded_at.is_(None),
            Employment.ends_on.is_(None),
        )
    ).first()
    assert found is not None
    other = session.scalars(select(_vendor).where(_vendor != found.owner_id)).first()
    session.execute(update(Employment).where(Employment.id == found.id).values(employer_id=other))
