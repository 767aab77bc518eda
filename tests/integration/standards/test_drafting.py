"""A draft from its beginning to its end: begun, changed on pages and by a file, seen by DPH alone, discarded."""

import html
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub.blueprints.standards import drafting
from certhub.database import db
from certhub.models.standards import StandardVersion
from certhub.queries import standards
from certhub.rules.audit_actions import AuditAction
from certhub.rules.parameter_entry import answers_of
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import RequirementKind, Role
from tests.factories import make_user, make_vendor, sign_in
from tests.integration.parties.browsing import administrator, entries
from tests.integration.standards.drafts import adopted, form_of, opened, press_button, send
from tests.unit.rules.requirement_cases import CASES

CORE = b'code = "CC-CORE"\nsubject_type = "coordinator"\n'


def asked(version_id: int, code: str) -> Requirement | None:
    db.session.expire_all()
    definition = standards.definition_of(db.session.get_one(StandardVersion, version_id))
    return next((one for one in definition.requirements if one.code == code), None)


def codes(version_id: int) -> list[str]:
    db.session.expire_all()
    return [one.code for one in standards.definition_of(db.session.get_one(StandardVersion, version_id)).requirements]


def test_an_administrator_drafts_the_next_version_from_the_last_one_and_there_is_only_one_draft(
    client: FlaskClient,
) -> None:
    who = administrator(client)
    base = adopted()
    history, action = f"/standards/history/{base.standard_id}", f"/standards/{base.id}/draft"

    answer = press_button(client, history, action)
    draft = standards.open_draft(base.standard_id)
    assert draft is not None
    assert (draft.version, draft.drafted_from_id, draft.drafted_by_id) == (2, base.id, who.id)
    assert answer.headers["Location"] == f"/standards/{draft.id}"
    assert "Preview" in client.get(answer.headers["Location"]).text
    assert "Draft version" not in client.get(history).text

    token = form_of(client.get(f"/standards/{draft.id}/heading").text)["csrf_token"][0]
    again = client.post(action, data={"csrf_token": token})
    assert again.headers["Location"] == history
    assert "open already" in client.get(history).text
    assert db.session.scalars(select(StandardVersion).where(StandardVersion.version == 2)).all() == [draft]


def test_a_requirement_is_changed_field_by_field_and_the_trail_tells_who_did(client: FlaskClient) -> None:
    who, draft = administrator(client), opened()

    answer = send(client, f"/standards/{draft.id}/requirements/CC-09", **{"param-min": "30", "title": "Thirty hours"})

    assert answer.headers["Location"] == f"/standards/{draft.id}#CC-09"
    found = asked(draft.id, "CC-09")
    assert found is not None
    assert (found.title, found.params["min"], found.params["category_mins"]["cultural"]) == ("Thirty hours", 30, 3)
    assert adopted().definition != draft.definition
    [entry] = entries(AuditAction.STANDARD_REVISED)
    assert (entry.actor_id, entry.subject_id) == (who.id, draft.id)
    page = html.unescape(client.get(f"/standards/{draft.id}/compare").text)
    assert "changes 1" in page
    assert "Thirty hours" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"param-min": "many"}, 'This must be a number from 0.25 to 10000, got "many".'),
        ({"param-min": "1"}, "ask for more hours together than the minimum of 1"),
        ({"param-category_mins-cultural": "no"}, "must be a number"),
        ({"title": " "}, "This is missing; expected a text"),
        ({"title": ""}, "Enter the title."),
        ({"stages": []}, "Check at least one."),
        ({"other_conditions": "UPPER: x"}, 'has the name "UPPER"'),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_that_was_typed_is_lost(
    client: FlaskClient, typed: dict[str, str], said: str
) -> None:
    administrator(client)
    draft = opened()

    answer = send(client, f"/standards/{draft.id}/requirements/CC-09", **{"evidence_hint": "Kept words", **typed})

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert said in page
    assert 'class="field-error"' in page or "error-summary" in page
    assert "Kept words" in page
    assert all(str(value) in page for value in typed.values() if value and value != " ")
    assert asked(draft.id, "CC-09") == asked(adopted().id, "CC-09")


def test_whoever_comes_second_is_told_and_can_still_save(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    path = f"/standards/{draft.id}/requirements/CC-09"
    stale = {**form_of(client.get(path).text), "title": "Mine"}
    send(client, f"/standards/{draft.id}/requirements/CC-10", title="Theirs")

    refused = client.post(path, data=stale)
    assert refused.status_code == 422
    assert "Somebody else changed this draft" in refused.text
    assert "Mine" in refused.text
    again = client.post(path, data=form_of(refused.text))

    assert again.status_code == 302
    both = [asked(draft.id, code) for code in ("CC-09", "CC-10")]
    assert [one.title for one in both if one] == ["Mine", "Theirs"]


def test_a_form_about_what_somebody_else_removed_shows_what_was_typed(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    path = f"/standards/{draft.id}/requirements/CC-10"
    stale = {**form_of(client.get(path).text), "title": "Typed in vain"}
    press_button(client, f"/standards/{draft.id}", f"{path}/remove")

    answer = client.post(path, data=stale)
    assert (answer.status_code, "Typed in vain" in answer.text) == (409, True)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("kind", RequirementKind)
def test_a_requirement_of_each_kind_is_added_on_its_own_form(client: FlaskClient, kind: RequirementKind) -> None:
    administrator(client)
    draft = opened()
    params = next(case.params for case in CASES if case.kind is kind)
    if kind in (RequirementKind.ATTESTATION, RequirementKind.AGREEMENT):
        name = {"attestation": "text_id", "agreement": "template_id"}[kind.value]
        known = {"text_id": "scope-of-practice", "template_id": "medical-home-commitment"}[name]
        params = {**params, name: known, "version": 1}
    answers = {f"param-{name}": value for name, value in answers_of(kind, params).items() if value is not False}
    typed: dict[str, Any] = {name: "y" if value is True else value for name, value in answers.items()}
    path = f"/standards/{draft.id}/requirements/new?kind={kind.value}"

    answer = send(
        client, path, code="CC-77", title="New", plain_text="Do it.", citation="Program default",
        stages=["renewal"], severity="minor", **typed,
    )  # fmt: skip

    assert answer.status_code == 302, html.unescape(answer.text)
    found = asked(draft.id, "CC-77")
    assert found is not None
    assert found.kind is kind
    assert codes(draft.id)[-1] == "CC-77"


def test_a_text_to_sign_that_does_not_exist_is_refused_beside_its_field(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    answer = send(client, f"/standards/{draft.id}/requirements/CC-07", **{"param-text_id": "unheard-of"})
    assert answer.status_code == 422
    assert "This must name a text that CertHub has" in html.unescape(answer.text)


def test_requirements_are_moved_and_removed_with_one_button(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    page = f"/standards/{draft.id}"

    press_button(client, page, f"{page}/requirements/CC-01B/move", direction="up")
    assert codes(draft.id)[:2] == ["CC-01B", "CC-01"]
    press_button(client, page, f"{page}/requirements/CC-01/remove")
    assert codes(draft.id)[:2] == ["CC-01B", "CC-02"]


def test_groups_are_made_of_requirements_and_never_stand_inside_themselves(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    page = f"/standards/{draft.id}"
    first = send(client, f"{page}/groups/new", code="CC-A", title="Outer", members=["CC-01", "CC-02"])
    assert first.status_code == 302
    send(client, f"{page}/groups/new", code="CC-B", title="Inner", parent="CC-A", members=["CC-03"])

    circle = send(client, f"{page}/groups/CC-A", parent="CC-B")
    assert circle.status_code == 422
    assert "stands inside itself" in circle.text
    too_many = send(client, f"{page}/groups/CC-B", operator="at_least_n", n="5")
    assert too_many.status_code == 422
    assert "from 1 to 1 (the members), got 5" in too_many.text

    press_button(client, page, f"{page}/groups/CC-B/remove")
    found = asked(draft.id, "CC-03")
    assert found is not None
    assert found.group == "CC-A"


def test_terms_are_changed_and_contradictions_are_told(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    path = f"/standards/{draft.id}/terms"

    wrong = send(client, path, expiry_rule="fixed_month_day", grace_days="999")
    page = html.unescape(wrong.text)
    assert wrong.status_code == 422
    assert "This must be a whole number from 0 to 365, got 999." in page
    assert 'needs "fixed_month" and "fixed_day"' in page
    assert send(client, path, grace_days="45").status_code == 302
    db.session.expire_all()
    assert standards.definition_of(draft).terms.grace_days == 45


def upload(client: FlaskClient, version_id: int, data: bytes) -> TestResponse:
    path = f"/standards/{version_id}/import"
    filled = form_of(client.get(path).text)
    return client.post(path, data={**filled, "file": (io.BytesIO(data), "standard.toml")})


def test_a_draft_is_exported_and_imported_as_a_file(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    file = client.get(f"/standards/{draft.id}/export.toml")
    assert file.headers["Content-Disposition"] == 'attachment; filename="cc-core-version-2.toml"'
    changed = file.text.replace('title = "Caseload"', 'title = "Caseload of each week"').replace(
        "version = 2", "version = 9"
    )

    assert upload(client, draft.id, changed.encode()).status_code == 302

    found = asked(draft.id, "CC-11")
    assert found is not None
    assert found.title == "Caseload of each week"
    assert standards.definition_of(draft).version == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * 300 * 1024, "larger than 1 MB"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"code = [", "not TOML"),
        (b"a = " + b"[" * 100_000, "cannot be read as a standard"),
        (b"a = " + b"9" * 10_000, "cannot be read as a standard"),
        (b'code = "VO-CORE"', 'another "code"'),
        (CORE + b'title = "a\\u0000b"', "cannot be saved"),
        (CORE + b'[[requirements]]\nkind = "wish"', 'Requirement 1: "kind" must be one of'),
        (b"", 'another "code"'),
    ],
)  # fmt: skip
def test_a_file_that_is_no_standard_is_refused_line_by_line_and_the_draft_stays(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, data: bytes, said: str
) -> None:
    monkeypatch.setattr(drafting, "_LARGEST_FILE", 200 * 1024)
    administrator(client)
    draft = opened()
    answer = upload(client, draft.id, data)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    db.session.expire_all()
    assert draft.definition_hash == db.session.get_one(StandardVersion, draft.id).definition_hash
    assert codes(draft.id) == codes(adopted().id)


def test_drafts_are_read_by_dph_alone_and_changed_by_administrators_alone(client: FlaskClient) -> None:
    draft = opened()
    path = f"/standards/{draft.id}"
    sign_in(client, make_user(Role.DPH_REVIEWER))
    assert client.get(path).status_code == 200
    assert client.get(f"{path}/terms").status_code == 403
    assert "Move up" not in client.get(path).text

    sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))
    for hidden in (
        path,
        f"{path}/compare",
        f"{path}/export.toml",
        f"/standards/{adopted().id}/compare?with={draft.id}",
    ):
        assert client.get(hidden).status_code == 404
    assert f"/standards/{draft.id}" not in client.get("/standards").text
    assert "Draft" not in client.get(f"/standards/history/{draft.standard_id}").text


def test_a_discarded_draft_is_gone_and_its_number_is_free_again(client: FlaskClient) -> None:
    administrator(client)
    draft = opened()
    path = f"/standards/{draft.id}"
    assert send(client, f"{path}/discard").headers["Location"] == f"/standards/history/{draft.standard_id}"
    assert client.get(path).status_code == 404
    assert len(entries(AuditAction.STANDARD_DISCARDED)) == 1
    assert opened().version == 2


def test_an_adopted_version_has_no_form(client: FlaskClient) -> None:
    administrator(client)
    path = f"/standards/{adopted().id}"
    for page in (
        "heading",
        "terms",
        "requirements/new",
        "requirements/CC-01",
        "groups/new",
        "import",
        "adopt",
        "discard",
    ):
        assert client.get(f"{path}/{page}").status_code == 404
