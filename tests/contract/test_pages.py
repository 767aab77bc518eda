"""What holds for every page: reading changes nothing, lists cost the same, markup is in order."""

from collections import defaultdict
from dataclasses import replace

import pytest
from flask import Flask
from jinja2 import nodes

from certhub.rules.vocabulary import Role, SubjectType
from tests.contract import survey
from tests.contract.conftest import Survey
from tests.contract.growth import grow
from tests.contract.survey import TABLE, Answer
from tests.contract.world import undone

MOST_STATEMENTS = 8
HOME = "home.index"
"""It shows several short lists at once: it may cost more than one list does, but not more with more rows."""
JUDGING = {"coordinators.hours_roster": 14}
"""A list that judges each row by the rules, and reads each part of what it is judged by in one statement."""
ROWS = 50
LOOKING = (Role.DPH_ADMINISTRATOR, Role.VENDOR_HR)


EXCEPTIONS = dict.fromkeys(
    (
        "public.calendar",
        "public.opt_out",
        "public.decline_reference",
        "public.give_reference",
        "public.show",
        "public.verify",
    ),
    "sign_in_throttle",
)
"""Public pages that count what was asked for in vain, as the guard counts failed sign-ins."""


def test_reading_writes_nothing_but_the_access_log(fetched: list[Answer]) -> None:
    written: dict[str, set[str]] = defaultdict(set)
    for answer in fetched:
        for statement in answer.writes:
            table = TABLE.search(statement)
            if table is None or table[1] not in ("access_log", EXCEPTIONS.get(answer.route.endpoint)):
                written[answer.route.endpoint].add(statement.split("\n")[0][:80])
    assert dict(written) == {}


@pytest.mark.only_on("sqlite")
def test_every_page_of_every_role_is_in_order(fetched: list[Answer]) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for answer in fetched:
        for problem in answer.lint():
            found[f"{answer.route.endpoint} ({', '.join(answer.templates)})"].add(problem)
    lines = [f"{page}: {problem}" for page, problems in sorted(found.items()) for problem in sorted(problems)]
    assert not lines, "\n".join(lines)


def lists_of(app: Flask, fetched: list[Answer]) -> set[str]:
    """The endpoints whose template shows the links of a paged list."""
    paged = set()
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.endswith(".html")):
        source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, name)  # type: ignore[union-attr]  # it has a loader
        calls = app.jinja_env.parse(source).find_all(nodes.Call)
        if any(isinstance(call.node, nodes.Name) and call.node.name == "pages" for call in calls):
            paged.add(name)
    return {answer.route.endpoint for answer in fetched if set(answer.templates) & paged and answer.status == 200}


def _chosen(surveyed: Survey, answer: Answer) -> str:
    """What a list needs to be told before it shows rows."""
    if answer.route.endpoint == "administration.reminders":  # it shows one party's reminders
        return f"?party={surveyed.ours.of[SubjectType.VENDOR]['party_id'][0]}"
    if answer.route.endpoint == "administration.find_reminders":  # it shows records by a part of their name
        return "?q=grown"
    return ""


def test_a_list_costs_the_same_for_few_rows_and_for_many(surveyed: Survey, fetched: list[Answer]) -> None:
    """Lesson 23."""
    lists = lists_of(surveyed.app, fetched)
    assert lists
    asked = [
        answer
        for answer in fetched
        if answer.route.endpoint in {*lists, HOME} and answer.status == 200 and answer.role in LOOKING
    ]
    dearer = {}
    with undone(surveyed.app):
        asked = [replace(answer, address=answer.address + _chosen(surveyed, answer)) for answer in asked]
        few = [survey.ask(surveyed.browser(a.role), a.route, a.role, a.address) for a in asked]
        grow(surveyed.user_ids[Role.VENDOR_HR], ROWS)
        many = [survey.ask(surveyed.browser(a.role), a.route, a.role, a.address) for a in asked]
    grown: dict[str, int] = defaultdict(int)
    for before, after in zip(few, many, strict=True):
        costs = (len(before.statements), len(after.statements))
        if costs[1] > costs[0] or (
            costs[1] > JUDGING.get(after.route.endpoint, MOST_STATEMENTS) and after.route.endpoint != HOME
        ):
            dearer[str(after)] = costs
        if after.route.endpoint == HOME:
            continue
        more = (after.html or "").count("<tr") - (before.html or "").count("<tr")
        is_full = 'rel="next"' in (after.html or "")
        grown[after.route.endpoint] = max(grown[after.route.endpoint], ROWS if is_full else more)
    empty = {endpoint: more for endpoint, more in grown.items() if more < ROWS // 2 - 5}

    assert not dearer, "\n".join(f"{page}: {few} statements, then {many}" for page, (few, many) in dearer.items())
    assert empty == {}, "these lists did not grow: arrange their rows in tests/contract/growth.py"
    assert set(grown) == lists, "these lists open for neither a DPH administrator nor a vendor's HR"
