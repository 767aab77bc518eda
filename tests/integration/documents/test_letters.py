"""Letters as PDF: what is printed of them, and that it is the same for ever."""

import io
from datetime import date, datetime
from pathlib import Path

import page
import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.documents.letter import Letter, Passage, Section, passages
from certhub.models.accounts import User
from certhub.models.certification import Credential
from certhub.models.due_process import ActionNotice
from certhub.models.signatures import Signature
from certhub.queries import signatures
from certhub.rules.vocabulary import Role, StatusEventKind
from certhub.services import notices, status_events
from certhub.web.context import press
from tests import factories
from tests.integration.documents.pdf_text import contains, saved

SITE = "https://certhub.example.org"
AT = datetime(2026, 5, 1, 15, 0, tzinfo=clock.AGENCY_ZONE)


def letter(text: str) -> Letter:
    return Letter(
        title="Notice N-2026-00012: Suspended",
        dated_on=date(2026, 5, 1),
        facts=(("Number", "N-2026-00012"), ("SHA-256", "0123456789abcdef" * 4)),
        sections=(Section("", passages(text)), Section("A list", (Passage(("It has:",), ("the one", "the other")),))),
        closing=f"See {SITE}/notices/12.",
    )


def assert_accessible_and_archivable(pdf: bytes, folder: Path) -> None:
    for profile in ("ua1", "2a"):
        verdict = page.validate_pdf(saved(pdf, folder), profile=profile)
        assert verdict.is_compliant, (profile, verdict.failures)


def tags(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {str(item.S) for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item}


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def served(desk: lifecycle.Desk, administrator: User, words: str = "") -> ActionNotice:
    assert desk.applicant.party is not None
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=datetime(2026, 3, 2, 15, tzinfo=clock.AGENCY_ZONE))
    credential = db.session.scalars(select(Credential)).one()
    with transaction():
        event = status_events.record(
            credential, StatusEventKind.SUSPENDED, effective_on=date(2026, 5, 4), reason="Reports were late.",
            actor=administrator, at=AT,
        )  # fmt: skip
        notice = notices.serve(event, words, base_url=SITE, actor=administrator, at=AT)
    assert notice is not None
    return notice


def test_a_letter_is_tagged_with_its_headings_lists_and_paragraphs(tmp_path: Path) -> None:
    pdf = letter("To X\n\n1. VO-03 Policy\nWhat is missing: all of it").printed()

    assert_accessible_and_archivable(pdf, tmp_path)
    assert {"/H1", "/H2", "/L", "/LI", "/P"} <= tags(pdf)
    for words in ("Notice N-2026-00012: Suspended", "What is missing: all of it", "the other", "0123456789abcdef" * 4):
        assert contains(pdf, words), words


TYPED = {
    "markup": '#read("/etc/passwd") *bold* $x$ @here <label> // no comment',
    "no space": "W" * 300,
    "invisible": "Windows\r\nlines\u200b\u202e",
    "pages": "One line\n\n" * 100 + "and the last line of a long notice",
}


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_whatever_was_typed_is_printed_literally_and_whole(text: str, tmp_path: Path) -> None:
    pdf = letter(text).printed()

    assert_accessible_and_archivable(pdf, tmp_path)
    seen = "".join(one for one in "".join(text.split()) if one not in "\u200b\u202e")
    last = seen[-60:]
    assert contains(pdf, last) or contains(pdf, "\u200b".join(last))  # a word that is cut has marks where it may break


def test_a_notice_is_downloaded_with_its_words_and_is_the_same_after_every_change(
    client: FlaskClient, desk: lifecycle.Desk, administrator: User, tmp_path: Path
) -> None:
    notice = served(desk, administrator)
    factories.sign_in(client, desk.applicant)
    name = notice.party_name

    first = client.get(f"/notices/{notice.id}/pdf")

    assert first.mimetype == "application/pdf"
    assert first.headers["Content-Disposition"] == f'attachment; filename="{notice.number}.pdf"'
    assert_accessible_and_archivable(first.data, tmp_path)
    for words in (notice.number, notice.title, name, administrator.name, "Not allowed", *notice.text.splitlines()):
        assert contains(first.data, words), words
    with transaction():
        notice.party.name, administrator.name = "Renamed", "Somebody Else"
        assert notice.status_event is not None
        notices.end(
            notice.status_event, last_day=date(2026, 5, 8), reason="Met.", base_url=SITE, actor=administrator, at=AT
        )
    db.session.expire_all()
    assert client.get(f"/notices/{notice.id}/pdf").data == first.data


def test_a_notice_is_downloaded_by_those_alone_who_may_read_it(
    client: FlaskClient, desk: lifecycle.Desk, administrator: User
) -> None:
    notice = served(desk, administrator)
    factories.sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor(name="Another House")))

    assert client.get(f"/notices/{notice.id}/pdf").status_code == 404


def test_a_notice_with_letters_that_the_fonts_lack_says_so_on_its_page(
    client: FlaskClient, desk: lifecycle.Desk, administrator: User
) -> None:
    notice = served(desk, administrator, "Dear 李小龍")
    factories.sign_in(client, desk.applicant)

    answer = client.get(f"/notices/{notice.id}/pdf", follow_redirects=True)

    assert answer.request.path == f"/notices/{notice.id}"
    assert "The PDF cannot show these letters: 李 小 龍" in answer.text


def test_a_signed_statement_is_downloaded_with_its_words_and_its_signature(
    client: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    practice = factories.make_practice()
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice)
    desk = lifecycle.Desk(manager, factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        lifecycle.certified(practice, desk, at=AT)
    given = db.session.scalars(
        select(Signature).where(Signature.party_id == practice.id).order_by(Signature.id)
    ).first()
    assert given is not None
    copy = signatures.one(manager, given.id)
    factories.sign_in(client, manager)

    answer = client.get(f"/signatures/{given.id}/pdf")

    assert_accessible_and_archivable(answer.data, tmp_path)
    for words in (copy.text.title, given.signed_name, given.text_sha256, given.consent_sha256):
        assert contains(answer.data, words), words
    for text in (copy.text, copy.consent):
        for sentence, items in text.paragraphs():
            assert all(contains(answer.data, said) for said in (sentence, *items)), sentence
    assert client.get(f"/signatures/{given.id}/pdf").data == answer.data
    factories.sign_in(client, factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice(name="Elsewhere")))
    assert client.get(f"/signatures/{given.id}/pdf").status_code == 404
