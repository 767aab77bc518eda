"""How the code itself is built: where a transaction ends, who reads the clock, how long a module is."""

import ast
import re
import tomllib

import pytest

from tests.contract.sources import ROOT, calls, dotted, texts, trees

LONGEST_MODULE = 450
UNTOLD_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
WAIVER = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<codes>[:\[][A-Za-z0-9,\-\]\[ ]*)?(?P<reason>.*)")


def everything() -> dict[str, ast.Module]:
    return {
        path: tree
        for folder in ("certhub", "tests", "benchmarks", "migrations")
        for path, tree in trees(folder).items()
    }


def in_room(*rooms: str) -> dict[str, ast.Module]:
    return {path: tree for path, tree in trees().items() if path.startswith(tuple(f"certhub/{room}" for room in rooms))}


def test_only_the_database_module_commits_and_rolls_back() -> None:
    ending = {"commit", "rollback", "begin_nested"}
    assert {
        f"{path}:{line} {name}()"
        for path, tree in trees().items()
        for line, name, _ in calls(tree)
        if "session" in name and name.split(".")[-1] in ending and path != "certhub/database.py"
    } == set()


def test_services_queries_and_rules_open_no_transaction() -> None:
    found = {
        f"{path}:{line}"
        for path, tree in in_room("services", "queries", "rules", "documents", "notifications").items()
        for line, name, _ in calls(tree)
        if name.split(".")[-1] == "transaction"
    }
    assert found == set()


def test_services_rules_and_documents_are_told_the_time() -> None:
    reading = {
        "clock.now",
        "clock.today",
        "datetime.now",
        "datetime.utcnow",
        "date.today",
        "datetime.today",
        "time.time",
    }
    found = {
        f"{path}:{line} {name}()"
        for path, tree in in_room("services", "rules", "documents", "models", "notifications").items()
        for line, name, _ in calls(tree)
        if name in reading or name.endswith((".datetime.now", ".date.today"))
    }
    assert found == set()


def test_the_clock_module_alone_asks_the_computer_for_the_time() -> None:
    asking = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today"}
    found = {
        f"{path}:{line} {name}()"
        for path, tree in trees().items()
        for line, name, _ in calls(tree)
        if name in asking and path != "certhub/clock.py"
    }
    assert found == set()


def test_nothing_below_the_web_knows_of_a_request() -> None:
    ambient = {"current_user", "request", "current_app", "g", "session"}
    found = set()
    for path, tree in in_room(
        "services", "queries", "rules", "documents", "notifications", "models", "database.py"
    ).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("flask", "flask_login"):
                found |= {f"{path}: {alias.name}" for alias in node.names if alias.name in ambient}
    assert found == set()


def test_services_that_tell_the_audit_trail_are_told_who_acts_and_when() -> None:
    silent = set()
    for path, tree in in_room("services").items():
        if path.endswith(("audit.py", "outbox.py")):
            continue
        for function in tree.body:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                recorded = [call for _, name, call in calls(function) if name in ("audit.record", "audit.record_plain")]
                named = {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}
                # Whoever signs in or accepts an invitation acts for themselves.
                if recorded and not ("at" in named and named & {"actor", "user", "invitation", "proof", "session"}):
                    silent.add(f"{path}: {function.name}")
    assert silent == set()


def test_no_page_compares_the_role_of_whoever_looks() -> None:
    """What a role may do or see has a name: a permission, or a question in rules/permissions.py."""
    asking = {"viewer()", "actor()", "who", "current_user", "current_user.account"}
    found = {
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path, tree in in_room("blueprints", "web", "auth").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Attribute) and side.attr == "role" and ast.unparse(side.value) in asking
    }
    assert found == set()


def test_every_column_has_a_type_that_the_checker_can_see() -> None:
    untyped = {
        f"{path}:{node.lineno}"
        for path, tree in in_room("models").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func) == "mapped_column"
    }
    assert untyped == set()


def test_no_module_is_too_long_to_read() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in everything()}
    long = {path: length for path, length in lengths.items() if length > LONGEST_MODULE}
    assert {path: length for path, length in long.items() if not path.startswith("migrations/versions/")} == {}


def test_no_module_is_named_for_nothing() -> None:
    names = {path: set(path.removesuffix(".py").split("/")) & UNTOLD_NAMES for path in everything()}
    assert {path: found for path, found in names.items() if found} == {}


@pytest.mark.parametrize("folder", ["certhub", "templates", "migrations", "tests", "benchmarks", "docs"])
def test_nothing_is_left_for_later(folder: str) -> None:
    kinds = {".py", ".html", ".txt", ".typ", ".toml", ".md", ".css", ".js", ".mako"}
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MARKS.search(line)
    }
    assert found == set()


def test_every_exception_from_a_check_has_its_reason_beside_it() -> None:
    bare = set()
    for path in everything():
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
            found = WAIVER.search(line)
            if found and 'r"' not in line and not found["reason"].strip(" #()"):
                bare.add(f"{path}:{number}")
    assert bare == set()


def test_every_room_has_its_place_in_the_import_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {room.strip() for layer in contracts[0]["layers"] for room in layer.split("|")}
    rooms = {path.split("/")[1].removesuffix(".py") for path in trees()} - {"__init__", "__main__"}
    assert rooms - layers == set()


def test_no_file_names_a_path_of_somebodys_machine_or_a_package_index() -> None:
    found = {
        path
        for path, tree in everything().items()
        for text in texts(tree)
        if re.match(r"(/home/|/Users/|/root/)", text) or str(ROOT) in text or "pypi.org/simple" in text
    }
    assert found - {"tests/contract/test_house_rules.py"} == set()
