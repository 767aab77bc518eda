"""The courses that CertHub comes with: codes, hours, tags, and the lines of the scope of practice."""

import importlib.resources
import tomllib
from typing import Any

import pytest

from certhub.rules.courses import Delivery, require_tags
from certhub.rules.training_categories import COMPETENCIES, NCCS_DOMAINS, TrainingCategory

DATA = importlib.resources.files("certhub.data")

DOES = """
help with intake screening
help plan care
visit families at home when they need it
make common paperwork simpler
help families get the most from their coverage
link families to public benefits
teach families to keep records
link families to other parents and to advocates
provide flexible funding
go to school meetings
teach practice staff how the system works
arrange special training events
help plan transitions, also to adult care
keep the library of resources for children with special health care needs
give emotional support to families
speak up for the principles of the medical home
""".strip().splitlines()
DOES_NOT = """
carry out medical procedures or treatments
give medical advice
write reports that doctors or nurses write
do routine bookkeeping, office work or billing
serve as a general medical social worker
""".strip().splitlines()


def loaded(name: str) -> dict[str, Any]:
    return tomllib.loads(DATA.joinpath(name).read_text(encoding="utf-8"))


SHIPPED = {one["code"]: one for one in loaded("courses.toml")["courses"]}


def requirement(code: str) -> dict[str, Any]:
    [found] = [one for one in loaded("standards/cc-core.toml")["requirements"] if one["code"] == code]
    params: dict[str, Any] = found["params"]
    return params


def listed(text: str) -> list[list[str]]:
    """The lists of a text, each with its items."""
    blocks = (block.splitlines() for block in text.strip().split("\n\n"))
    lists = ([line.removeprefix("- ") for line in lines if line.startswith("- ")] for lines in blocks)
    return [items for items in lists if items]


@pytest.mark.parametrize(
    ("code", "delivery", "hours", "tags"),
    [
        ("PCCC-M1", "in_person", {"core": 6}, "coordination public_health NCCS-3 NCCS-5"),
        ("PCCC-M2", "in_person", {"core": 3, "family_partnership": 3},
         "communication cultural education advocacy NCCS-2 NCCS-4"),
        ("PCCC-M3", "in_person", {"core": 3, "cultural": 3}, "outreach assessment cultural NCCS-1"),
        ("PCCC-M4", "in_person", {"core": 6}, "public_health documentation NCCS-3 NCCS-5"),
        ("PCCC-M5", "in_person", {"core": 6}, "documentation coordination NCCS-3 NCCS-6"),
        ("MA-SYSTEMS", "live_online", {"systems": 8}, "coordination outreach advocacy NCCS-1 NCCS-6"),
        ("SCOPE", "live_online", {"ethics_scope": 2}, "professional NCCS-5"),
    ],
)  # fmt: skip
def test_a_course_ships_with_its_hours_and_with_tags_that_exist(
    code: str, delivery: str, hours: dict[str, int], tags: str
) -> None:
    found = SHIPPED[code]
    assert found["delivery"] == Delivery(delivery)
    assert found["hours"] == hours
    assert found["tags"] == tags.split()
    assert set(require_tags(found["tags"])) == set(found["tags"])
    assert found["title"]
    assert found["summary"].strip()


def test_the_shipped_courses_are_what_core_training_asks_for_and_cover_every_competency_and_domain() -> None:
    hours, modules = requirement("CC-02"), requirement("CC-02B")
    assert list(SHIPPED) == [*modules["ids"], "MA-SYSTEMS", "SCOPE"]
    given = {category: sum(one["hours"].get(category, 0) for one in SHIPPED.values()) for category in TrainingCategory}
    assert sum(given[category] for category in hours["categories"]) == hours["min"] == 40
    assert {one: given[one] for one in hours["category_mins"]} == hours["category_mins"] == {"ethics_scope": 2}
    covered = {tag for one in SHIPPED.values() for tag in one["tags"]}
    assert covered == {*COMPETENCIES, *NCCS_DOMAINS}


def test_the_scope_of_practice_has_the_sixteen_and_five_lines_that_coordinators_sign() -> None:
    assert (len(DOES), len(DOES_NOT)) == (16, 5)
    assert listed(SHIPPED["SCOPE"]["summary"]) == [DOES, DOES_NOT]
    [signed] = [one["text"] for one in loaded("attestations.toml")["texts"] if one["id"] == "scope-of-practice"]
    assert listed(signed) == [DOES, DOES_NOT]
