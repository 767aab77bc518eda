"""The catalogue: what is typed of a course comes back on its page and in the filters, and whose hours are defaults."""

import re
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.courses import Course
from certhub.rules.courses import Delivery
from certhub.rules.training_categories import TrainingCategory
from certhub.services import courses
from certhub.services.courses import CourseFacts
from tests.factories import ARRANGING, make_program
from tests.integration.parties.browsing import administrator, checked, fetched, send
from tests.integration.training.arranging import CORE, course

TYPED: dict[str, Any] = {
    "code": "TRANSIT-1", "title": "From pediatric to adult care", "delivery": "self_paced", "languages": ["pt", "es"],
    "tags": ["NCCS-6", "education"], "accessibility": "Captions in Spanish; slides in large print.",
    "external_system": "TRAIN", "external_affiliate": "Massachusetts", "external_course_id": "1080",
    "offered_from": "2026-01-01", "hours_core": "1.5", "pass_mark": "75", "valid_months": "24",
}  # fmt: skip


def of_code(code: str) -> Course:
    db.session.expire_all()
    return db.session.scalars(select(Course).where(Course.code == code)).one()


def facts_of(page: str) -> dict[str, str]:
    """What the page of a course says, by what it is called."""
    found = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page, re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", "", words).split()) for label, words in found}


def codes(page: str) -> set[str]:
    return set(re.findall(r'<td data-label="Code" class="nowrap">([^<]+)</td>', page))


def test_what_is_typed_of_a_course_is_on_its_page_and_in_its_form_again(client: FlaskClient) -> None:
    administrator(client)
    made = send(client, "/training/courses/new", **TYPED)
    assert made.status_code == 302, checked(made)
    page = fetched(client, made.location)
    told = facts_of(page)
    assert {name: told[name] for name in ("How", "Languages", "Access", "Final test", "A completion is valid")} == {
        "How": "At one's own pace", "Languages": "Spanish, Portuguese",
        "Access": "Captions in Spanish; slides in large print.", "Final test": "Pass mark 75 percent",
        "A completion is valid": "for 24 months",
    }  # fmt: skip
    assert told["In other systems"] == "TRAIN 1080 (Massachusetts)"
    covers = page.partition('id="covers-title"')[2].partition("</ul>")[0]
    assert re.findall("<li>(.*?)</li>", covers) == ["Education to Promote Healthy Behavior Change", "Care Transitions"]

    address = f"/training/courses/{of_code('TRANSIT-1').id}/edit"
    form = fetched(client, address)
    for name in ("external_system", "external_affiliate", "external_course_id", "pass_mark", "valid_months"):
        assert re.search(rf'<input[^>]*name="{name}"[^>]*value="{TYPED[name]}"', form), name
    assert re.search(rf'<textarea[^>]*name="accessibility"[^>]*>\s*{re.escape(TYPED["accessibility"])}', form)
    checked_boxes = set(re.findall(r'<input checked[^>]*value="([^"]+)"', form))
    assert {"self_paced", "pt", "es", "NCCS-6", "education"} == checked_boxes
    changed = {**TYPED, "languages": "ht", "tags": "outreach", "external_affiliate": ""}
    assert send(client, address, **changed).status_code == 302
    page = fetched(client, made.location)
    assert facts_of(page)["Languages"] == "Haitian Creole"
    assert facts_of(page)["In other systems"] == "TRAIN 1080"
    assert "Outreach Methods and Strategies" in page
    assert "Care Transitions" not in page


def test_the_catalogue_is_narrowed_by_tag_language_and_delivery(client: FlaskClient) -> None:
    administrator(client)
    course(code="A-1", tags=["education", "NCCS-6"], languages=["en", "pt"], delivery=Delivery.SELF_PACED)
    course(code="B-1", tags=["outreach"], languages=["en"], delivery=Delivery.IN_PERSON)
    for query, found in {
        "": {"A-1", "B-1"},
        "tag=NCCS-6": {"A-1"},
        "tag=outreach": {"B-1"},
        "language=pt": {"A-1"},
        "language=en": {"A-1", "B-1"},
        "language=ht": set(),
        "delivery=self_paced": {"A-1"},
        "delivery=in_person": {"B-1"},
        "tag=outreach&language=pt": set(),
        "tag=nonsense": {"A-1", "B-1"},  # an address that somebody made up
    }.items():
        page = fetched(client, f"/training?{query}")
        assert codes(page) & {"A-1", "B-1"} == found, query
        chosen = dict(pair.split("=") for pair in query.split("&") if pair and "nonsense" not in pair)
        for name, value in chosen.items():
            listed = page.partition(f'name="{name}"')[2].partition("</select>")[0]
            assert re.search(rf'<option[^>]*value="{value}"[^>]* selected|<option selected value="{value}"', listed), (
                query
            )


def test_a_shipped_course_says_that_its_hours_are_a_default_until_dph_changes_them(client: FlaskClient) -> None:
    administrator(client)
    default = "The hours are CertHub's default; DPH can change them."
    shipped = of_code("PCCC-M2")
    assert default in fetched(client, f"/training/courses/{shipped.id}")
    assert default not in fetched(client, f"/training/courses/{course(make_program()).id}")

    with transaction():
        courses.change(
            shipped,
            CourseFacts(
                code=shipped.code, title=shipped.title, delivery=shipped.delivery, offered_from=shipped.offered_from,
                hours={CORE: Decimal(4), TrainingCategory.FAMILY_PARTNERSHIP: Decimal(2)},
            ),
            actor=ARRANGING, at=clock.now(),
        )  # fmt: skip
    assert default not in fetched(client, f"/training/courses/{shipped.id}")
