"""What the runbook and the README tell people to type is there: commands with their options, files of `deploy/`."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from certhub.app import create_app
from tests.conftest import settings_for

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "runbook.md", ROOT / "README.md"]
_BLOCK = re.compile(r"^ *```.*?$(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_BEFORE_A_COMMAND = {"sudo", "&&", "||", ";", "|"}


def typed(text: str) -> Iterator[list[str]]:
    """The words after each `certhub` that begins a command, in blocks and spans of code."""
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    lines += [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", _BLOCK.sub("", text))]
    for line in lines:
        words = shlex.split(line.partition(" #")[0].replace("'", ""))
        for place, word in enumerate(words):
            begins = place == 0 or words[place - 1] in _BEFORE_A_COMMAND or word.startswith("argv=")
            program = Path(word.removeprefix("argv=")).name == "certhub"
            if begins and program and words[place + 1 :] not in ([], ["..."]):
                yield words[place + 1 :]


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> click.Group:
    folder = tmp_path_factory.mktemp("commands")
    return create_app(settings_for(f"sqlite:///{folder}/none.db", folder)).cli


def wrong(words: list[str], commands: click.Group) -> str | None:
    """What is wrong with `certhub` and these words."""
    command: click.Command = commands
    left = list(words)
    while isinstance(command, click.Group):
        following = command.commands.get(left.pop(0)) if left else None
        if following is None:
            return f"certhub {' '.join(words)}: there is no such command"
        command = following
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word for word in left if word.startswith("-") and word.partition("=")[0] not in options]
    return f"certhub {' '.join(words)}: {unknown[0]} is not an option" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_page_is_one_with_these_options(page: Path, commands: click.Group) -> None:
    found = list(typed(page.read_text(encoding="utf-8")))
    assert len(found) > 5
    assert [problem for words in found if (problem := wrong(words, commands))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_an_installation_that_the_page_names_is_there(page: Path) -> None:
    named = {name.rstrip(".") for name in re.findall(r"(?<![\w/])deploy/[\w./*-]*", page.read_text(encoding="utf-8"))}
    assert named
    assert sorted(name for name in named if not any(ROOT.glob(name.rstrip("/")))) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Run `certhub wroker` there.", "certhub wroker: there is no such command"),
        ("```\ncerthub job rnu NAME   # today\n```", "certhub job rnu NAME: there is no such command"),
        ("call `sudo /usr/local/bin/certhub backup DIR --keep-dyas 3`", "--keep-dyas is not an option"),
        ("pipe argv=x\n\n```\nx argv=/usr/local/bin/certhub mial bounce\n```", "certhub mial bounce: there is no"),
    ],
)
def test_a_slip_of_the_pen_in_a_page_is_found(text: str, told: str, commands: click.Group) -> None:
    [words] = typed(text)
    assert told in str(wrong(words, commands))


def test_words_that_are_no_command_are_passed_over() -> None:
    assert list(typed("as `certhub`; `useradd certhub x`; ```\ninstall -o certhub -g certhub x\n```")) == []
