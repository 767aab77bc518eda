"""Looks through the files of this folder for what would only be found on the day of an installation.

    .venv/bin/python -m deploy.check

Units, compose file, container file and gunicorn's settings are read; each CERTHUB_ setting and each command that they
name must exist, as must each service, volume and secret. Where systemd is there, it looks at the units as well.
"""

import ast
import configparser
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from gunicorn.config import KNOWN_SETTINGS

from certhub.cli import all_commands
from certhub.config import KNOWN

HERE = Path(__file__).parent
_SETTING = re.compile(r"\bCERTHUB_([A-Z_]+)\b")
_ELSEWHERE = re.compile(r"index-url|pypi\.|https?://(?!127\.0\.0\.1|certhub\.example\.org)")
_SECTIONS = frozenset({"Unit", "Service", "Timer", "Install"})
_INSTRUCTIONS = frozenset({"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "CMD"})
_READ = (".service", ".timer", ".yaml", ".env", ".py", "")
_OURS = ("check.py", "__init__.py")


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
        yield from (f"{line!r} is not NAME=value" for line in lines if not re.fullmatch(r"[A-Z_]+=.+", line))
    elif path.name == "gunicorn_settings.py":
        yield from _gunicorn(text)
    elif path.name == "Containerfile":
        yield from _container(text, folder.parent)


def _command(words: list[str]) -> Iterator[str]:
    """Whether `certhub ...` is a command."""
    if Path(words[0]).name == "certhub":
        names = {command.name for command in all_commands()}
        if not names.intersection(words[1:2]):
            yield f"{' '.join(words)}: there is no such command"


def _unit(text: str, folder: Path) -> Iterator[str]:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names are written with capitals
    try:
        unit.read_string(text)
    except configparser.Error as problem:
        yield f"cannot be read: {problem}"
        return
    yield from (
        f"[{section}] is not a section of these units" for section in unit.sections() if section not in _SECTIONS
    )
    for command in re.findall(r"^Exec\w+=[-@+!:]*(.+)$", text, re.MULTILINE):
        yield from _command(shlex.split(command))
    others = {path.name for path in (folder / "systemd").iterdir()}
    named = re.findall(r"\bcerthub-[\w-]+\.(?:service|timer)\b", text)
    yield from (f"{name} is not there" for name in named if name not in others)


def _compose(told: Any) -> Iterator[str]:
    services = told["services"]
    for name, service in services.items():
        if "image" not in service and "build" not in service:
            yield f"{name} has neither an image nor a build"
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


def _container(text: str, root: Path) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] not in _INSTRUCTIONS:
            yield f"{words[0]} is not an instruction that we use"
        if words[0] == "COPY":
            yield from (f"{source} is not there" for source in words[1:-1] if not (root / source).exists())


def _by_systemd(folder: Path) -> Iterator[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    units = sorted(map(str, (folder / "systemd").iterdir()))
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)  # noqa: S603  (our own files)
    for line in done.stderr.splitlines():
        # What is not installed here is no fault of the files, and other units of this machine are not ours.
        if "certhub" in line and "is not executable" not in line and "not found" not in line.lower():
            yield line


if __name__ == "__main__":
    wrong = problems()
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    sys.exit(1 if wrong else 0)
