"""Both READMEs are true: their commands run and print what is shown, and they name the same commands."""

import re
from collections.abc import Iterator

import click
import pytest

from cli import main
from tests.readme_output import READMES, ROOT, Player, agrees, commands

TEXTS = {name: (ROOT / name).read_text("utf-8") for name in READMES}
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.M))


def paths(group: click.Group, above: str = "zhiban") -> Iterator[str]:
    """Every command of the program as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from paths(command, f"{above} {name}")
        else:
            yield f"{above} {name}"


def named(text: str) -> set[str]:
    """The commands that a README names."""
    return {path for path in paths(main) if re.search(rf"\b{path}(?![\w-])", text)}


@pytest.mark.parametrize("name", READMES)
def test_output_is_real(name, tmp_path):
    """What stands below a command is what it prints (renew: python -m tests.readme_output --write)."""
    for shown, now in Player(tmp_path).play(TEXTS[name]):
        assert agrees(shown.output, now), f"$ {shown.command}\n{now}"


@pytest.mark.parametrize("name", READMES)
def test_starts_with_the_first_minute(name):
    """The first command of a README opens the program, and its output is shown."""
    first = commands(TEXTS[name])[0]
    assert first.command == "make run"
    assert "【控制现场】" in first.output


@pytest.mark.parametrize("name", READMES)
def test_make_targets_exist(name):
    """Every `make` target that is named exists, and every target is named."""
    told = set(re.findall(r"(?:`|^\$ |^)make (?:-B )?([a-z]+)", TEXTS[name], re.M))
    assert told - TARGETS == set()
    assert TARGETS - told <= {"help", "clean"}


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name):
    """Links into the project lead to files that exist."""
    for target in re.findall(r"\]\((?!http)([^)#]+)", TEXTS[name]):
        assert (ROOT / target).exists(), target


def test_every_command_is_told():
    """README.zh-CN.md names every command of the program."""
    assert set(paths(main)) - named(TEXTS["README.zh-CN.md"]) == set()


def test_same_commands():
    """Both READMEs name the same commands."""
    assert named(TEXTS["README.md"]) == named(TEXTS["README.zh-CN.md"])


def test_no_place_is_named():
    """No package index and no path of a machine."""
    for text in TEXTS.values():
        assert not re.search(r"pypi|mirrors?\.|/(?:home|root|tmp|work|Users)/", text)
