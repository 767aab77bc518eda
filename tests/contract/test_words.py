"""Templates, mails and the audit trail: all there, all used, all in words."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from certhub.notifications import rendering
from certhub.rules.audit_actions import AuditAction
from certhub.rules.audit_sentences import SENTENCES
from certhub.rules.permissions import Permission
from tests.contract.sources import ROOT, calls, texts, trees

TEMPLATES = ROOT / "templates"
GRAMMAR = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
# "carried", "taken_up", "signed_in": the first or the last word is a past participle.
PAST = re.compile(r"(ed|taken|given|sent|begun|held|met|put|shown|written|withdrawn|lifted|issued|paid)$")


def names() -> list[str]:
    return sorted(
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt")
    )


def parsed(environment: Environment, name: str) -> nodes.Template:
    return environment.parse((TEMPLATES / name).read_text(encoding="utf-8"), name, name)


def references(tree: nodes.Template, name: str) -> set[str]:
    """The templates that one extends, includes or imports; documents have an environment of their own folder."""
    found = {reference for reference in meta.find_referenced_templates(tree) if reference}
    return {f"documents/{reference}" for reference in found} if name.startswith("documents/") else found


def constant_calls(tree: nodes.Template, function: str) -> Iterator[str]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == function and call.args:
            first = call.args[0]
            if isinstance(first, nodes.Const):
                yield str(first.value)


@pytest.fixture
def environment(app: Flask) -> Environment:
    return app.jinja_env


@pytest.mark.parametrize("name", names())
def test_a_template_parses_and_refers_to_what_exists(environment: Environment, app: Flask, name: str) -> None:
    tree = parsed(environment, name)

    referred = references(tree, name)
    assert referred <= set(names()) | {f"bootstrap5/{kind}.html" for kind in ("form", "utils")}
    for imported in tree.find_all(nodes.FromImport):
        assert isinstance(imported.template, nodes.Const)
        offered = {macro.name for macro in parsed(environment, imported.template.value).find_all(nodes.Macro)}
        wanted = {item[0] if isinstance(item, tuple) else item for item in imported.names}
        assert wanted <= offered, f"{imported.template.value} has no {wanted - offered}"
    endpoints = {found for found in constant_calls(tree, "url_for") if not found.startswith(".")}
    assert endpoints <= set(app.view_functions), f"no such page: {endpoints - set(app.view_functions)}"
    assert set(constant_calls(tree, "may")) <= {permission.value for permission in Permission}


def named_in_code() -> re.Pattern[str]:
    """Every template that a string or an f-string of the code can mean."""
    patterns = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_-]+" for part in node.values
                ]
                patterns.add("".join(str(part) for part in parts))
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.endswith((".html", ".txt"))
            ):
                patterns.add(re.escape(node.value))
    whole = [pattern for pattern in patterns if pattern.endswith((r"\.html", r"\.txt")) and not pattern.startswith("[")]
    return re.compile("(documents/)?(" + "|".join(sorted(whole)) + ")")


@pytest.mark.only_on("sqlite")
def test_every_template_is_used(environment: Environment) -> None:
    said = named_in_code()
    used = {name for name in names() if said.fullmatch(name) or name.startswith("emails/")}
    for _ in range(4):
        used |= {reference for name in used for reference in references(parsed(environment, name), name)}
    assert sorted(set(names()) - used) == []


def test_every_template_that_the_code_names_exists() -> None:
    named = {
        str(call.args[0].value)
        for tree in trees().values()
        for _, name, call in calls(tree)
        if name.split(".")[-1] in ("render_template", "get_template")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert named
    assert {name for name in named if not {name, f"documents/{name}"} & set(names())} == set()


class Anything(str):
    """Stands for whatever a mail may be told: a name, a date, a number, a list of two."""

    year, month, day, hour, minute = 2026, 7, 31, 12, 0

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)

    def __iter__(self) -> Iterator[Any]:
        return iter([Anything("one"), Anything("two")])

    def __format__(self, specification: str) -> str:
        return "3"

    def __gt__(self, other: object) -> bool:
        return False

    __lt__ = __ge__ = __le__ = __gt__

    def astimezone(self, _zone: object) -> datetime:
        return datetime(2026, 7, 31, 12, tzinfo=UTC)

    def date(self) -> date:
        return date(2026, 7, 31)


@pytest.mark.parametrize("kind", rendering.kinds())
def test_a_mail_has_its_three_files_and_reads_as_a_whole(kind: str) -> None:
    assert all((TEMPLATES / "emails" / kind / part).is_file() for part in rendering.PARTS)
    environment = rendering._environment()
    wanted: set[str] = set()
    for part in rendering.PARTS:
        tree = parsed(environment, f"emails/{kind}/{part}")
        wanted |= meta.find_undeclared_variables(tree)
        for reference in meta.find_referenced_templates(tree):
            wanted |= meta.find_undeclared_variables(parsed(environment, reference or ""))
    mail = rendering.render(kind, {name: Anything(name) for name in wanted - set(environment.globals)})

    assert mail.subject.strip()
    assert len(mail.text.split()) > 10
    assert '<html lang="en">' in mail.html
    assert "{{" not in mail.subject + mail.text + mail.html


def test_every_mail_is_sent_by_somebody_and_every_mail_that_is_sent_is_written() -> None:
    said = set().union(*(texts(tree) for path, tree in trees().items()))
    sent = {
        str(call.args[0].value)
        for tree in trees().values()
        for _, name, call in calls(tree)
        if name.endswith("enqueue") and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert sent <= set(rendering.kinds())
    assert sorted(set(rendering.kinds()) - said) == []


@pytest.mark.parametrize("action", AuditAction)
def test_an_audit_action_has_its_grammar_and_its_sentence(action: AuditAction) -> None:
    assert GRAMMAR.fullmatch(action.value)
    words = action.value.split(".")[1].split("_")
    assert any(PAST.search(word) for word in words), f"{action.value} does not say what happened"
    assert action.name == action.value.upper().replace(".", "_")
    assert re.fullmatch(r"[a-z][^.]+", SENTENCES[action]), "who did it stands before, the full stop after"
    assert list(SENTENCES.values()).count(SENTENCES[action]) == 1


def test_every_audit_action_is_told_somewhere() -> None:
    told = {
        node.attr
        for path, tree in trees().items()
        if path != "certhub/rules/audit_actions.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "AuditAction"
    }
    assert sorted({action.name for action in AuditAction} - told) == []


def test_no_template_compares_roles_or_reads_the_clock() -> None:
    found = {
        name
        for name in names()
        if re.search(r"\.role\s*==|\bnow\(|today\(", (TEMPLATES / name).read_text(encoding="utf-8"))
    }
    assert found == set()


SHAPE = re.compile(r"<(?:circle|ellipse|line|path|polygon|polyline|rect|text)\b[^>]*?\bclass=\"([^\"]+)\"")


PAGES = [name for name in names() if not name.startswith("documents/")]  # documents bring their style along


@pytest.mark.parametrize("name", [name for name in PAGES if "<svg" in (TEMPLATES / name).read_text(encoding="utf-8")])
def test_what_is_drawn_has_a_colour_of_the_house(name: str) -> None:
    """A shape whose class the style sheet does not know is black, or not there at all."""
    style = (ROOT / "certhub" / "static" / "certhub.css").read_text(encoding="utf-8")
    page = re.sub(r"{[{%].*?[%}]}", "{}", (TEMPLATES / name).read_text(encoding="utf-8"))
    drawn = {one for given in SHAPE.findall(page) for one in given.split() if "{}" not in one}
    assert drawn <= set(re.findall(r"\.([a-z][a-z0-9-]*)", style))
