"""Addresses are typed and kebab-case, endpoints are `area.verb`."""

import re

from flask import Flask

from tests.contract import survey
from tests.contract.conftest import Survey
from tests.contract.world import CODES

SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?")
ARGUMENT = re.compile(r"<(?P<kind>[a-z]+)(\([^>]*\))?:(?P<name>[a-z_]+)>")
ENDPOINT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*_?")


def all_rules(app: Flask) -> list[tuple[str, str]]:
    return [(rule.rule, rule.endpoint) for rule in survey.rules(app)]


def test_every_part_of_an_address_is_in_kebab_case_or_a_typed_argument(surveyed: Survey) -> None:
    wrong = set()
    for address, _ in all_rules(surveyed.app):
        for part in re.sub(r"<[^>]*>", lambda found: found[0].replace("/", ""), address).strip("/").split("/"):
            typed = ARGUMENT.fullmatch(part)
            if part and not SEGMENT.fullmatch(part) and not typed:
                wrong.add(address)
            if typed and typed["kind"] in ("string", "path") and typed["name"] not in CODES:
                wrong.add(f"{address}: give {typed['name']} a number, or a reason in CODES")
            if typed and typed["name"].endswith("_id") and typed["kind"] != "int":
                wrong.add(address)
    assert wrong == set()


def test_every_endpoint_is_named_by_its_area_and_what_it_does(surveyed: Survey) -> None:
    endpoints = {endpoint for _, endpoint in all_rules(surveyed.app)} - {"static"}
    assert sorted(endpoint for endpoint in endpoints if not ENDPOINT.fullmatch(endpoint)) == []
    areas = {endpoint.split(".")[0] for endpoint in endpoints} - {"bootstrap"}
    assert areas == set(surveyed.app.blueprints) - {"bootstrap"}


def test_no_address_ends_in_a_slash(surveyed: Survey) -> None:
    assert sorted(address for address, _ in all_rules(surveyed.app) if address != "/" and address.endswith("/")) == []


def test_no_two_views_answer_at_the_same_address(surveyed: Survey) -> None:
    seen: dict[tuple[str, str], str] = {}
    twice = []
    for route in surveyed.routes:
        key = (re.sub(r"<[^>]*>", "<>", route.rule), route.method)
        if seen.setdefault(key, route.endpoint) != route.endpoint:
            twice.append(f"{route.method} {route.rule}: {route.endpoint} and {seen[key]}")
    assert twice == []
