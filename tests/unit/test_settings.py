"""One table says everything about a setting: options, keys, help and records agree with it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from specplan.cli.program import program
from specplan.cli.settings import Settings, settled
from specplan.config import FORMATS, Configuration
from specplan.config.settings import COMMANDS, GROUPS, SETTINGS, Setting
from specplan.errors import UsageError

CLI = Path(__file__).parents[2] / "python" / "specplan" / "cli"

ALL = (*COMMANDS, "init", "trim", "has", "doctor", "completion")

KEYS = [each for each in SETTINGS if each.example and not each.table]


def test_no_setting_is_there_twice() -> None:
    for names in ([each.name for each in SETTINGS], [each.variable for each in SETTINGS]):
        assert len(set(names)) == len(names)
    letters = [each.short for each in SETTINGS if each.short]
    assert len(set(letters)) == len(letters)


def test_each_setting_has_one_attribute_and_each_attribute_one_setting() -> None:
    known = {each.attribute for each in SETTINGS}
    of_the_configuration_alone = {each.name for each in fields(Configuration)} - known
    assert of_the_configuration_alone == {
        *("baseline_directory", "families", "libc", "targets", "host", "stacks"),
        *("check", "export", "not_wanted", "weight"),
    }
    attributes = {each.name for each in fields(Settings)} - of_the_configuration_alone
    assert attributes - {"typed", "own_format", "unwritten_format"} == known


@pytest.mark.parametrize("name", ALL)
def test_a_command_has_the_options_of_the_table_and_no_other(name: str) -> None:
    options = [each for each in program.commands[name].params if isinstance(each, click.Option)]
    expected = [each.attribute for each in SETTINGS if name in each.commands]
    assert [each.name for each in options] == [*expected, "quiet", "verbose", "debug", "help"]


def test_an_option_takes_one_kind_of_value_in_all_commands() -> None:
    """The help may differ, and a command may be narrower; the noun of the value stays."""
    differing = {
        each.name: {each.metavar, *(other.metavar for other in each.variations.values())} - {""}
        for each in SETTINGS
    }
    assert {name for name, words in differing.items() if len(words) > 1} == {
        *("output", "packages", "system")
    }


def test_caches_are_named_by_an_option_in_every_command() -> None:
    arguments = {
        name: [
            each.name for each in program.commands[name].params if isinstance(each, click.Argument)
        ]
        for name in program.commands
    }
    assert {name for name, own in arguments.items() if {"cache", "caches"} & set(own)} == set()


def test_only_the_table_makes_options() -> None:
    makers = {
        file.name
        for file in CLI.glob("*.py")
        if re.search(r"click\.[oO]ption\(", file.read_text(encoding="utf-8"))
    }
    # The version, help and tracebacks are not settings.
    assert makers == {"common.py", "option_table.py", "program.py"}


@pytest.mark.parametrize("name", ALL)
def test_help_lists_options_under_the_headings_of_their_groups(name: str) -> None:
    command = program.commands[name]
    shown = command.get_help(click.Context(command, info_name=name))
    headings = re.findall(r"^([A-Z][a-z ]+):$", shown, re.MULTILINE)
    used = {each.group for each in SETTINGS if name in each.commands} | {"Other"}
    expected = ["Other options" if each == "Other" else each for each in GROUPS if each in used]
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    assert headings == [*(["Arguments"] if arguments else []), *expected]
    for each in SETTINGS:
        if name in each.commands:
            heading = "Other options" if each.group == "Other" else each.group
            section = re.split(r"^[A-Z][a-z ]+:$", shown, flags=re.MULTILINE)[
                1 + headings.index(heading)
            ]
            assert re.search(rf"^  .*--{each.name}\b", section, re.MULTILINE), each.name


@pytest.mark.parametrize("name", ALL)
def test_help_says_what_each_argument_is_for(name: str) -> None:
    command = program.commands[name]
    context = click.Context(command, info_name=name)
    for each in command.params:
        if isinstance(each, click.Argument):
            metavar, purpose = each.get_help_record(context)
            assert metavar.strip("[].").isupper() or "=" in metavar or "/" in metavar, metavar
            assert len(purpose.split()) > 2, metavar


def test_help_groups_all_commands_and_gives_each_one_line() -> None:
    shown = program.get_help(click.Context(program, info_name="specplan", terminal_width=80))
    _, *sections = re.split(
        r"^(?:Show what is available|Plan what to build|Run the plan|Set up):$",
        shown,
        flags=re.MULTILINE,
    )
    lines = [line for section in sections for line in section.splitlines() if line]
    assert len(sections) == 4
    names = [line.split()[0] for line in lines]
    assert names == program.list_commands(click.Context(program))


@pytest.mark.parametrize("setting", KEYS, ids=lambda each: each.name)
def test_what_is_typed_goes_before_what_is_configured(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specplan.toml").write_text(
        f"{setting.name} = {setting.example}\n", encoding="utf-8"
    )
    configured = settled({setting.attribute: None})
    value = getattr(configured, setting.attribute)
    assert value not in {None, ()}
    assert not configured.is_typed(setting.attribute)
    # Whatever it is, it comes out as it was typed.
    word = setting.choices[-1] if setting.choices else "typed"
    typed: object = ("all",) if setting.is_repeatable else word
    settings = settled({setting.attribute: typed})
    expected = (*value, "all") if setting.adds else typed
    is_dialect = setting.name == "format" and word not in FORMATS
    found = settings.own_format if is_dialect else getattr(settings, setting.attribute)
    assert found == expected
    assert settings.typed == {setting.attribute}


def test_a_switch_that_is_typed_off_goes_before_one_that_is_configured_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for each in SETTINGS:
        if each.kind == "switch" and each.example:
            (tmp_path / "specplan.toml").write_text(f"{each.name} = true\n", encoding="utf-8")
            assert getattr(settled({}), each.attribute) is True
            assert getattr(settled({each.attribute: False}), each.attribute) is False


def test_wants_of_two_kinds_are_refused() -> None:
    with pytest.raises(UsageError, match="`--want` or from `--peers`, not from both"):
        settled({"want": ("a.lock",), "peers": ("e4s",)}, configured=False)
