"""Looks through the files of this folder for what would only be found on the day of an installation.

    .venv/bin/python -m deploy.check

Units, compose file, container file, gunicorn's settings and the command's wrapper are read; each CERTHUB_ setting, each
command with its options and each address that they name must exist, as must each service, volume and secret. What runs
for long must come back by itself. Where systemd is there, it looks at the units as well; where it is not, that is said.
"""

import ast
import configparser
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from gunicorn.config import KNOWN_SETTINGS
from gunicorn.util import load_class

from certhub.blueprints.health import bp as probes
from certhub.cli import all_commands
from certhub.config import KNOWN
from deploy.directives import KNOWN as DIRECTIVES

HERE = Path(__file__).parent
_SETTING = re.compile(r"\bCERTHUB_([A-Z_]+)\b")
_ELSEWHERE = re.compile(r"\s-i\s|--[a-z-]*index|https?://(?!127\.0\.0\.1|certhub\.example\.org)")
_INSTRUCTIONS = frozenset({"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "CMD"})
_SERVICE = frozenset(
    {"image", "build", "command", "environment", "secrets", "volumes", "init", "ports", "depends_on", "healthcheck",
     "restart", "stop_grace_period", "profiles"}
)  # fmt: skip
_HEALTHCHECK = frozenset({"test", "interval", "timeout", "retries", "start_period"})
_PORT = "http://127.0.0.1:8000"
_READ = (".service", ".timer", ".yaml", ".env", ".py", "")
_OURS = ("check.py", "directives.py", "__init__.py")


def problems(folder: Path = HERE) -> list[str]:
    """Everything that is wrong, one line each."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in _READ and path.is_file() and path.name not in _OURS:
            found += [f"{path.relative_to(folder)}: {problem}" for problem in _of(path, folder)]
    return [*found, *(f"systemd: {line}" for line in _by_systemd(folder))]


def _of(path: Path, folder: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from (f"CERTHUB_{name} is not a setting" for name in _SETTING.findall(text) if name not in KNOWN)
    yield from (f"names another place: {found}" for found in _ELSEWHERE.findall(text))
    if path.suffix in (".service", ".timer"):
        yield from _unit(text, folder)
    elif path.suffix == ".yaml":
        yield from _compose(yaml.safe_load(text))
    elif path.suffix == ".env":
        lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
        yield from (f"{line!r} is not NAME=value for systemd and a shell alike" for line in lines if not _alike(line))
    elif path.name == "gunicorn_settings.py":
        yield from _gunicorn(text)
    elif path.name == "Containerfile":
        yield from _container(text, folder.parent)
    elif path.name == "certhub":
        yield from _wrapper(path)


def _alike(line: str) -> bool:
    """Whether systemd and a shell read the same in a line of settings: one word, in which nothing is replaced."""
    try:
        return re.fullmatch(r"[A-Z_]+=[^$`\\']+", line) is not None and len(shlex.split(line)) == 1
    except ValueError:
        return False


def _wrapper(path: Path) -> Iterator[str]:
    done = subprocess.run(["/bin/sh", "-n", str(path)], capture_output=True, text=True, check=False)  # noqa: S603  (our own file)
    yield from (f"a shell cannot read it: {line}" for line in done.stderr.splitlines())
    if not path.stat().st_mode & stat.S_IXUSR:
        yield "is not executable"


def _command(words: list[str]) -> Iterator[str]:
    """Whether `certhub ...` is a command, with these options."""
    if Path(words[0]).name == "certhub":
        command = next((command for command in all_commands() if command.name in words[1:2]), None)
        if command is None:
            yield f"{' '.join(words)}: there is no such command"
            return
        known = {name for parameter in command.params for name in parameter.opts}
        options = (word for word in words if word.startswith("--"))
        yield from (f"{option} is not an option of {command.name}" for option in options if option not in known)


def _unit(text: str, folder: Path) -> Iterator[str]:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are written with capitals
    try:
        unit.read_string(text)
    except configparser.Error as problem:
        yield f"cannot be read: {problem}"
        return
    for section in unit.sections():
        known = DIRECTIVES.get(section)
        if known is None:
            yield f"[{section}] is not a section of these units"
            continue
        yield from (f"{name}= is not a directive of [{section}]" for name in unit.options(section) if name not in known)
    for command in re.findall(r"^Exec\w+=[-@+!:]*(.+)$", text, re.MULTILINE):
        yield from _command(shlex.split(command))
    yield from _comes_back(unit)
    others = {path.name for path in (folder / "systemd").iterdir()}
    named = re.findall(r"\bcerthub-[\w-]+\.(?:service|timer)\b", text)
    yield from (f"{name} is not there" for name in named if name not in others)


def _comes_back(unit: configparser.RawConfigParser) -> Iterator[str]:
    """What runs for long begins whatever happened before: no unit that failed once may keep it down for good."""
    if unit.get("Service", "Type", fallback="oneshot") == "oneshot":
        return
    if unit.get("Service", "Restart", fallback="") != "always":
        yield "lacks Restart=always"
    if unit.get("Unit", "StartLimitIntervalSec", fallback="") != "0":
        yield "lacks StartLimitIntervalSec=0, so that systemd gives it up"
    if unit.has_option("Unit", "Requires"):
        yield "is never started again once what it requires has failed"
    if not unit.get("Service", "ExecStartPre", fallback="").endswith("certhub upgrade"):
        yield "does not bring the database up to date before it starts"


def _compose(told: Any) -> Iterator[str]:
    services = told["services"]
    for name, service in services.items():
        if "image" not in service and "build" not in service:
            yield f"{name} has neither an image nor a build"
        yield from (f"{name}: {key} is not a part of a service that we use" for key in service if key not in _SERVICE)
        yield from _healthcheck(name, service, services)
        yield from _first_start(name, service, services)
        if isinstance(service.get("command"), list):
            yield from _command(service["command"])
        yield from (
            f"{name} waits for {one}, which is not there"
            for one in service.get("depends_on", {})
            if one not in services
        )
        for kind, wanted in (
            ("secrets", service.get("secrets", [])),
            ("volumes", [volume.split(":")[0] for volume in service.get("volumes", [])]),
        ):
            known = told.get(kind) or {}
            yield from (f"{name} uses {one} of {kind}, which is not there" for one in wanted if one not in known)


def _healthcheck(name: str, service: Any, services: Any) -> Iterator[str]:
    asked = service.get("healthcheck", {})
    yield from (f"{name}: {key} is not a part of a healthcheck" for key in asked if key not in _HEALTHCHECK)
    told = " ".join(asked.get("test", []))
    known = _probes()
    for path in re.findall(rf"{re.escape(_PORT)}([\w/-]*)", told):
        if path not in known:
            yield f"{name}: nobody answers at {path}"
    for one, how in service.get("depends_on", {}).items():
        if how.get("condition") == "service_healthy" and "healthcheck" not in services.get(one, {}):
            yield f"{name} waits until {one} is healthy, but nobody looks at its health"


def _first_start(name: str, service: Any, services: Any) -> Iterator[str]:
    """The image's own server, which is there while the data folder is made, answers at the socket and nowhere else."""
    asked = service.get("healthcheck", {}).get("test", [])
    if "pg_isready" in asked and "--host" not in asked:
        yield f"{name}: pg_isready asks the socket, where a database that is only being made answers as well"
    for one, how in service.get("depends_on", {}).items():
        ends = how.get("condition") == "service_completed_successfully"
        if ends and services.get(one, {}).get("restart") != "on-failure":
            yield f"{name} waits until {one} has ended well, but nobody starts that again"


def _probes() -> set[str]:
    """The addresses that a probe may ask."""
    app = Flask("probes")
    app.register_blueprint(probes)
    return {rule.rule for rule in app.url_map.iter_rules()}


def _gunicorn(text: str) -> Iterator[str]:
    known = {setting.name for setting in KNOWN_SETTINGS}
    try:
        tree = ast.parse(text)
    except SyntaxError as problem:
        yield f"cannot be read: {problem}"
        return
    for node in tree.body:
        names = (
            [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node, ast.Assign)
            else []
        )
        names += [node.name] if isinstance(node, ast.FunctionDef) else []
        yield from (f"{name} is not a setting of gunicorn" for name in names if name not in known)
        if "logger_class" in names and isinstance(node, ast.Assign):
            yield from _class(str(ast.literal_eval(node.value)))


def _class(name: str) -> Iterator[str]:
    try:
        load_class(name)
    except (ImportError, AttributeError, RuntimeError) as problem:
        yield f"{name} cannot be loaded: {str(problem).splitlines()[0]}"


def _container(text: str, root: Path) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] not in _INSTRUCTIONS:
            yield f"{words[0]} is not an instruction that we use"
        if words[0] == "COPY":
            yield from (f"{source} is not there" for source in words[1:-1] if not (root / source).exists())


def _analyzer() -> str | None:
    return shutil.which("systemd-analyze")


def _by_systemd(folder: Path) -> Iterator[str]:
    program = _analyzer()
    if program is None:
        return
    units = sorted(map(str, (folder / "systemd").iterdir()))
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)  # noqa: S603  (our own files)
    for line in done.stderr.splitlines():
        # What is not installed here is no fault of the files, and other units of this machine are not ours.
        if "certhub" in line and "is not executable" not in line and "not found" not in line.lower():
            yield line


def main(folder: Path = HERE) -> int:
    """Tell what is wrong, and what could not be looked at here; 1 where something is wrong."""
    wrong = problems(folder)
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    if _analyzer() is None:
        sys.stdout.write("systemd-analyze is not here: of the units, names were looked at, but not the values.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
