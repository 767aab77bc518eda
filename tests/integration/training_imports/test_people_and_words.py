"""Who the people of a file are, and what its words stand for: asked once, answered by a person, never guessed."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.models.certification import Credential
from certhub.models.parties import Employment
from certhub.models.standards import StandardSet
from certhub.models.training_imports import TrainingImport, TrainingImportDoubt, TrainingMapping
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import credential_number
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import SubjectType
from certhub.services import audit, record_merges, training_import_check, training_imports, training_mappings
from tests.factories import WHEN, make_coordinator, make_vendor, saved
from tests.integration.parties.browsing import administrator, entries, fetched, send, tokens_of, vendor_hr
from tests.integration.training_imports.files import checked_file, chosen, completions, import_it, line, lines, upload

SAVED = "/training-imports/saved-columns"


def the_import() -> TrainingImport:
    db.session.expire_all()
    return db.session.scalars(select(TrainingImport)).one()


def doubts() -> list[TrainingImportDoubt]:
    db.session.expire_all()
    return list(db.session.scalars(select(TrainingImportDoubt).order_by(TrainingImportDoubt.id)))


def name_words(client: FlaskClient, address: str, *meanings: str) -> TestResponse:
    """Say what the unknown words of a file stand for, in the order of the page."""
    fields = chosen(client.get(f"{address}/words"))
    return send(client, f"{address}/words", **dict(zip(fields, meanings, strict=True)))


def test_a_name_alone_is_confirmed_by_a_person_once_for_all_its_rows(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana, other = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    vendor_hr(client, vendor)
    data = lines(line(name='"Ferreira, Ana"'), line(name='"Ferreira, Ana"', title="Ethics"), line(name="Nobody Known"))
    address = checked_file(client, data)
    assert "1 person to confirm" in fetched(client, address)
    page = fetched(client, f"{address}/people")
    assert "Who is Ferreira, Ana?" in page
    assert "In row 2 and 1 more of the file." in page
    assert "None of these: leave out row 2 and 1 more" in page
    assert str(ana.email) in page
    assert str(other.email) in page
    (doubt,) = doubts()
    send(client, f"{address}/people", **{f"doubt_{doubt.id}": str(other.id)})
    page = fetched(client, address)
    assert "Import the 2 rows that are right, and leave out 1 row: row 4 (<bdi>Nobody Known</bdi>)." in " ".join(
        page.split()
    )
    import_it(client, address, leave_out="y")
    assert [row.coordinator_id for row in completions()] == [other.id, other.id]
    (told,) = entries(AuditAction.TRAINING_IMPORT_PEOPLE_CONFIRMED)
    assert json.loads(told.changes)["people"] == [[doubt.id, other.id]]


def test_a_number_with_a_quite_different_name_is_in_doubt_and_nobody_is_an_answer(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator("Ana Ferreira", vendor=vendor, email="ana@example.org")
    vendor_hr(client, vendor)
    address = checked_file(
        client, lines(line(email="ana@example.org", name="Bruno Costa"), line(email="ana@example.org"))
    )
    (doubt,) = doubts()
    assert doubt.candidates == [ana.id]
    send(client, f"{address}/people", **{f"doubt_{doubt.id}": "nobody"})
    page = fetched(client, f"{address}?rows=left_out")
    assert "You said that this is nobody on file." in page
    import_it(client, address)
    assert len(completions()) == 1


def test_an_answer_is_only_taken_for_somebody_who_was_offered_and_still_works_here(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator("Ana Ferreira", vendor=vendor)
    colleague = make_coordinator("Bruno Costa", vendor=vendor)
    hr = vendor_hr(client, vendor)
    address = checked_file(client, lines(line(name="Ana Ferreira")))
    (doubt,) = doubts()
    answer = send(client, f"{address}/people", **{f"doubt_{doubt.id}": str(colleague.id)})
    assert answer.status_code == 422
    with pytest.raises(Refusal, match="cannot be chosen any more"), transaction():
        training_imports.confirm(the_import(), {doubt.id: colleague.id}, actor=hr, at=WHEN)
    with transaction() as session:
        employment = session.scalars(select(Employment).where(Employment.coordinator_id == doubt.candidates[0])).one()
        employment.ends_on = WHEN.date()
        audit.record(hr, AuditAction.PARTY_UPDATED, employment, at=WHEN)
    with pytest.raises(Refusal, match="cannot be chosen any more"), transaction():
        training_imports.confirm(the_import(), {doubt.id: doubt.candidates[0]}, actor=hr, at=WHEN)
    assert doubts()[0].coordinator_id is None


def test_a_confirmed_row_that_is_on_file_already_is_left_out_and_comes_back_with_another_answer(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    first, second = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    vendor_hr(client, vendor)
    import_it(client, checked_file(client, lines(line(email=str(first.email)))))
    address = checked_file(client, lines(line(name="Ana Ferreira")))
    number = doubts()[-1].id
    send(client, f"{address}/people", **{f"doubt_{number}": str(first.id)})
    assert "There is nothing new in this file." in fetched(client, address)
    send(client, f"{address}/people", **{f"doubt_{number}": str(second.id)})
    assert "Import 1 row" in fetched(client, address)


def test_the_number_of_a_record_that_was_absorbed_leads_to_the_one_that_absorbed_it(client: FlaskClient) -> None:
    vendor = make_vendor()
    kept, absorbed = make_coordinator("Ana Ferreira", vendor=vendor), make_coordinator("Ana Ferreira")
    standard = db.session.scalars(select(StandardSet).where(StandardSet.subject_type == SubjectType.COORDINATOR)).one()
    number = credential_number(SubjectType.COORDINATOR, 2026, 77)
    saved(
        Credential(
            party_id=absorbed.id, subject_type=SubjectType.COORDINATOR, standard_id=standard.id, number=number,
            granted_on=WHEN.date(), recorded_at=WHEN,
        )
    )  # fmt: skip
    dph = administrator(client)
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=dph, at=WHEN)
    vendor_hr(client, vendor)
    address = checked_file(client, lines(line(number=number.lower()), line(email=str(absorbed.email), title="Ethics")))
    import_it(client, address)
    assert [row.coordinator_id for row in completions()] == [kept.id, kept.id]


def test_a_merge_between_the_check_and_the_import_moves_the_row_along(client: FlaskClient) -> None:
    vendor = make_vendor()
    kept, absorbed = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    dph = administrator(client)
    address = checked_file(client, lines(line(email=str(absorbed.email))))
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=dph, at=clock.now())
    import_it(client, address)
    assert [row.coordinator_id for row in completions()] == [kept.id]


def test_what_a_merge_since_the_check_makes_a_double_is_left_out(client: FlaskClient) -> None:
    vendor = make_vendor()
    kept, absorbed = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    dph = administrator(client)
    import_it(client, checked_file(client, lines(line(email=str(absorbed.email)))))
    on_file_of_the_other = line(email=str(kept.email))
    twice = [line(email=str(one.email), title="Ethics") for one in (kept, absorbed)]
    address = checked_file(client, lines(on_file_of_the_other, *twice))
    assert "Import 3 rows" in fetched(client, address)
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=dph, at=clock.now())
    import_it(client, address)
    assert [(row.coordinator_id, row.title) for row in completions()] == [(kept.id, "Care plans"), (kept.id, "Ethics")]
    assert "Row 3 is the same training." in fetched(client, f"{address}?rows=twice")
    assert "is on file with 1.5 hours" in fetched(client, f"{address}?rows=on_file")


def test_nothing_is_imported_once_a_record_of_the_file_was_split_into_two(client: FlaskClient) -> None:
    vendor = make_vendor()
    kept, absorbed = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    dph = administrator(client)
    with transaction():
        done = record_merges.merge(kept, absorbed, reason="One person", actor=dph, at=clock.now())
    data = lines(line(email=str(absorbed.email)))
    address = checked_file(client, data)
    with transaction():
        record_merges.undo(done, reason="Two people", actor=dph, at=clock.now())
    answer = import_it(client, address)
    assert answer.status_code == 422
    assert "split the record of the person of row 2 into two" in answer.get_data(as_text=True)
    assert completions() == []
    import_it(client, checked_file(client, data))
    assert [row.coordinator_id for row in completions()] == [absorbed.id]


def test_who_was_confirmed_stays_confirmed_when_the_file_is_checked_again(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator("Ana Ferreira", vendor=vendor)
    for name in ("Bruno Costa", "Carla Dias"):
        make_coordinator(name, vendor=vendor)
    vendor_hr(client, vendor)
    rows = [line(name="Ana Ferreira", category="CNE"), *(line(name=name) for name in ("Ana Ferreira", "Bruno Costa"))]
    address = checked_file(client, lines(*rows, line(name="Carla Dias")))
    first, second, _ = doubts()
    send(client, f"{address}/people", **{f"doubt_{first.id}": str(ana.id), f"doubt_{second.id}": "nobody"})

    make_coordinator("Carla Dias", vendor=vendor)
    name_words(client, address, "general")
    assert [(one.id, one.first_row) for one in doubts()][:2] == [(first.id, 2), (second.id, 4)]
    assert [(one.coordinator_id, one.is_nobody) for one in doubts()] == [(ana.id, False), (None, True), (None, False)]
    page = fetched(client, address)
    assert "1 person to confirm" in page
    assert "Import 2 rows" in page
    assert "You said that this is nobody on file." in fetched(client, f"{address}?rows=left_out")


def test_an_answer_is_asked_for_again_once_somebody_else_can_be_meant(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator("Ana Ferreira", vendor=vendor)
    vendor_hr(client, vendor)
    address = checked_file(client, lines(line(name="Ana Ferreira", category="CNE"), line(name="Ana Ferreira")))
    (doubt,) = doubts()
    send(client, f"{address}/people", **{f"doubt_{doubt.id}": str(ana.id)})
    other = make_coordinator("Ana Ferreira", vendor=vendor)
    name_words(client, address, "general")
    (asked,) = doubts()
    assert (asked.candidates, asked.coordinator_id, asked.answered_at) == ([ana.id, other.id], None, None)
    assert "1 person to confirm" in fetched(client, address)


def test_dph_finds_everybody_and_its_file_belongs_to_no_vendor(client: FlaskClient) -> None:
    people = [make_coordinator(vendor=make_vendor()) for _ in range(2)]
    administrator(client)
    address = checked_file(client, lines(*(line(email=str(person.email)) for person in people)))
    import_it(client, address)
    assert [(row.coordinator_id, row.vendor_id) for row in completions()] == [(person.id, None) for person in people]
    vendor_hr(client, make_vendor())
    assert client.get(address).status_code == 404


def test_words_of_the_file_are_named_once_and_saved_with_the_columns(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    rows = [
        line(email=str(ana.email), title=title, category=word)
        for title, word in (("One", "CNE"), ("Two", "CNE"), ("Three", "Participation"))
    ]
    address = checked_file(client, lines(*rows), save_as="From TRAIN")
    assert "CertHub does not know 2 words" in fetched(client, address)
    page = fetched(client, f"{address}/words")
    assert "“CNE”" in page
    assert "In row 2 and 1 more." in page
    assert name_words(client, address, "general", "").status_code == 422
    name_words(client, address, "general", "-")
    assert "Import 2 rows" in fetched(client, address)
    import_it(client, address)
    assert [row.category for row in completions()] == ["general", "general"]
    (mapping,) = db.session.scalars(select(TrainingMapping))
    assert mapping.layout["words"] == {"cne": "general", "participation": "-"}
    again = checked_file(client, lines(line(email=str(ana.email), title="Four", category="CNE")))
    assert "Import 1 row" in fetched(client, again)


def test_words_that_begin_alike_each_get_a_meaning_and_spellings_of_one_word_share_it(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    long = "Continuing education for nurses and allied health professionals"
    words = (f"{long} (live)", f"{long} (recorded)", f"{long.upper()} (LIVE)", "Soirée", "soiree")
    rows = [line(email=str(ana.email), title=f"Part {place}", category=word) for place, word in enumerate(words)]
    address = checked_file(client, lines(*rows))
    assert "CertHub does not know 3 words" in fetched(client, address)
    name_words(client, address, "general", "systems", "cultural")
    import_it(client, address)
    assert [row.category for row in completions()] == ["general", "cultural", "general", "systems", "systems"]


def test_an_answer_for_words_that_somebody_else_has_named_meanwhile_names_no_other_word(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator(vendor=vendor)
    hr = vendor_hr(client, vendor)
    rows = [line(email=str(ana.email), title=word, category=word) for word in ("CNE", "CME")]
    address = checked_file(client, lines(*rows))
    seen = chosen(client.get(f"{address}/words"))
    found = the_import()
    with transaction():
        training_imports.name_words(found, {"cne": "general"}, actor=hr, at=clock.now())
        training_import_check.whole(found, lines(*rows), actor=hr, at=clock.now())
    (first, _) = seen
    assert send(client, f"{address}/words", **{first: "core"}).status_code == 422
    assert (the_import().layout or {})["words"] == {"cne": "general"}


def test_a_vendor_is_not_offered_what_another_one_saved_and_a_name_that_is_used_again_replaces(
    client: FlaskClient,
) -> None:
    data = lines(line(email="a@example.org"))
    for vendor in (make_vendor(), make_vendor()):
        vendor_hr(client, vendor)
        columns = upload(client, data).headers["Location"]
        assert "CertHub's own template" in fetched(client, columns)
        for order in ("day_first", "year_first"):
            checked_file(client, data, save_as="Ours", date_order=order)
    found = list(db.session.scalars(select(TrainingMapping).order_by(TrainingMapping.id)))
    assert [(one.name, one.layout["date_order"]) for one in found] == [("Ours", "year_first")] * 2


def test_saved_columns_are_listed_and_deleted_by_their_own_side_once(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor()
    data = lines(line(email="a@example.org"))
    vendor_hr(client, vendor)
    assert "No columns are saved yet." in fetched(client, SAVED)
    for name in ("From TRAIN", "Ours"):
        checked_file(client, data, save_as=name)
    assert 'Delete<span class="visually-hidden"> “From TRAIN”' in fetched(client, SAVED)
    first, second = db.session.scalars(select(TrainingMapping.id).order_by(TrainingMapping.id))
    vendor_hr(client, other)
    assert "From TRAIN" not in fetched(client, SAVED)
    assert send(client, f"{SAVED}/{first}/delete", page=SAVED).status_code == 404
    administrator(client)
    assert "From TRAIN" not in fetched(client, SAVED)
    assert send(client, f"{SAVED}/{first}/delete", page=SAVED).status_code == 404

    hr = vendor_hr(client, vendor)
    token = tokens_of(client.get(SAVED))
    for _ in range(2):
        assert client.post(f"{SAVED}/{first}/delete", data=token).headers["Location"] == SAVED
    page = fetched(client, SAVED)
    assert "“From TRAIN” is deleted." in page
    assert "Ours" in page
    with transaction():
        training_mappings.delete(first, actor=hr, at=clock.now())
    (told,) = entries(AuditAction.TRAINING_MAPPING_DELETED)
    assert (told.subject_id, told.party_id) == (first, vendor.id)
    assert json.loads(told.changes)["name"] == ["From TRAIN", None]
    assert list(db.session.scalars(select(TrainingMapping.id))) == [second]
    assert "those that you saved under “Ours”" in fetched(client, upload(client, data).headers["Location"])
