"""The law of green: a red answer never becomes a silent green because an input went missing.

Each question here is red on whole inputs. Something of its inputs is misspelt, damaged, emptied
or hidden; then the run must stay red, or end with another code than 0.
"""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.cli import main
from tests.small_caches import environment, index, lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, and the files that it is about.

    Attributes:
        words: The command line; ``@name`` stands for a file.
        files: The files by name.
        referred: Those of them that something else refers to, so that they cannot be away
            without anybody noticing.
        labels: Words of the command line with a label that something else refers to.
    """

    words: tuple[str, ...]
    files: Mapping[str, str]
    referred: tuple[str, ...]
    labels: tuple[str, ...] = ()


NEEDS: Final = {"app": ["hdf5"], "hdf5": ["zlib"]}

QUESTIONS: Final = {
    "peers": Asked(
        words=(
            "gaps",
            "--cache",
            "e4s=@mine.json",
            "--cache",
            "e4s-x=@other.json",
            "--stack",
            "e4s",
            "--fail-under",
            "100",
        ),
        files={"mine.json": index(["zlib"]), "other.json": index(["zlib", "hdf5"])},
        referred=("mine.json", "other.json"),
        labels=("e4s=@mine.json", "e4s-x=@other.json"),
    ),
    "peers without a gate": Asked(
        words=(
            "coverage",
            "--cache",
            "e4s=@mine.json",
            "--cache",
            "e4s-x=@other.json",
            "--stack",
            "e4s",
        ),
        files={"mine.json": index(["zlib"]), "other.json": index(["zlib", "hdf5"])},
        referred=("mine.json", "other.json"),
        labels=("e4s-x=@other.json",),
    ),
    "baseline": Asked(
        words=(
            "gaps",
            "--cache",
            "site=@new.json",
            "--baseline",
            "site=@old.json",
            "--level",
            "hash",
            "--fail-on-lost",
        ),
        files={"old.json": index(["zlib", "hdf5"]), "new.json": index(["zlib"])},
        referred=("old.json", "new.json"),
        labels=("site=@new.json", "site=@old.json"),
    ),
    "baseline without labels": Asked(
        words=("gaps", "--cache", "@new.json", "--baseline", "@old.json", "--fail-on-lost"),
        files={"old.json": index(["zlib", "hdf5"]), "new.json": index(["zlib"])},
        referred=("old.json", "new.json"),
    ),
    "difference": Asked(
        words=("diff", "site=@old.json", "site=@new.json", "--fail-on-lost"),
        files={"old.json": index(["zlib", "hdf5"]), "new.json": index(["zlib"])},
        referred=("old.json", "new.json"),
        labels=("site=@old.json", "site=@new.json"),
    ),
    "difference without a gate": Asked(
        words=("diff", "@old.json", "@new.json"),
        files={"old.json": index(["zlib", "hdf5"]), "new.json": index(["zlib"])},
        referred=("old.json", "new.json"),
    ),
    "lock": Asked(
        words=(
            "gaps",
            "--cache",
            "@site.json",
            "--want",
            "@e4s/spack.lock",
            "--fail-under-roots",
            "100",
        ),
        files={
            "site.json": index(["app", "zlib"], needs=NEEDS),
            "e4s/spack.lock": lock(["app"], needs=NEEDS),
            "e4s/spack.yaml": environment("app"),
        },
        referred=("site.json", "e4s/spack.lock"),
    ),
    "plan of a lock": Asked(
        words=("rebuild", "--cache", "@site.json", "--want", "@e4s"),
        files={
            "site.json": index(["app", "zlib"], needs=NEEDS),
            "e4s/spack.lock": lock(["app"], needs=NEEDS),
            "e4s/spack.yaml": environment("app"),
        },
        referred=("site.json", "e4s/spack.lock"),
    ),
    "environment": Asked(
        words=("gaps", "--cache", "@site.json", "--want", "@e4s/spack.yaml", "--fail-under", "100"),
        files={
            "site.json": index(["zlib"]),
            "e4s/spack.yaml": environment(
                "zlib", "$more", more="include: [lists.yaml]\n  definitions: [{more: []}]"
            ),
            "e4s/lists.yaml": "definitions: [{more: [hdf5]}]\n",
        },
        referred=("site.json", "e4s/spack.yaml", "e4s/lists.yaml"),
    ),
    "plan of what cannot be planned": Asked(
        words=("rebuild", "--cache", "@site.json", "--want", "hdf5@99"),
        files={"site.json": index(["hdf5"])},
        referred=("site.json",),
    ),
    "difference of locks": Asked(
        words=("diff", "@old/spack.lock", "@new/spack.lock"),
        files={"old/spack.lock": lock(["zlib"]), "new/spack.lock": lock(["zlib", "hdf5"])},
        referred=("old/spack.lock", "new/spack.lock"),
    ),
    "what a newer lock lost": Asked(
        words=("diff", "@old/spack.lock", "@new/spack.lock", "--fail-on-lost"),
        files={"old/spack.lock": lock(["zlib", "hdf5"]), "new/spack.lock": lock(["zlib"])},
        referred=("old/spack.lock", "new/spack.lock"),
    ),
    "required by an included folder": Asked(
        words=("gaps", "--cache", "@site.json", "--want", "@e4s/spack.yaml", "--fail-under", "100"),
        files={
            "site.json": index(["zlib"]),
            "e4s/spack.yaml": environment("zlib", more="include: [conf]"),
            "e4s/conf/packages.yaml": "packages: {zlib: {require: '@9'}}\n",
        },
        referred=("site.json", "e4s/spack.yaml", "e4s/conf/packages.yaml"),
    ),
    "soundness": Asked(
        words=("check", "--cache", "@site.json"),
        files={"site.json": index(["app", "hdf5"], needs=NEEDS, absent=["zlib"])},
        referred=("site.json",),
    ),
    "soundness of what a lock wants": Asked(
        words=(
            *("check", "--cache", "@site.json", "--want", "@e4s/spack.lock"),
            *("--ignore", "wrong-hash"),
        ),
        files={
            "site.json": index(["hdf5", "zlib"], needs=NEEDS),
            "e4s/spack.lock": lock(["app"], needs=NEEDS),
        },
        referred=("site.json", "e4s/spack.lock"),
    ),
}


def asked(question: Asked) -> tuple[int, str, dict[str, object]]:
    """Ask a question in a folder of its own; return the code, what was said, and the document."""
    with TemporaryDirectory() as folder:
        for name, text in question.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        words = [
            word.replace("@", f"{folder}/") if "@99" not in word else word
            for word in question.words
        ]
        report = Path(folder, "report.json")
        said = io.StringIO()
        with redirect_stderr(said):
            code = main([*words, "--no-config", "--format", "json", "-o", str(report)])
        told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return code, said.getvalue(), told


def is_red(told: dict[str, object]) -> bool:
    """Whether the document of an answer says that something is wanting."""
    totals = told.get("totals", {})
    assert isinstance(totals, dict)
    found = (totals.get(name) for name in ("gaps", "lost", "builds", "findings", "new"))
    return any(found) or bool(told.get("unplannable"))


def emptied(text: str) -> str:
    """Return the file as one of its kind that holds nothing."""
    if '"roots"' in text:
        # The environment beside it still names what was its root.
        return json.dumps({**json.loads(text), "roots": []})
    return index([]) if "installs" in text else ""


def misspelt(text: str) -> str:
    """Return the file with the name of its first section misspelt."""
    name = next(each for each in SECTIONS if each in text)
    return text.replace(name, name[:-1], 1)


#: The possible damages of a file; None removes it.
DAMAGES: Final[Mapping[str, Callable[[str], str | None]]] = {
    "taken away": lambda _: None,
    "empty": lambda _: "",
    "cut in half": lambda text: text[: len(text) // 2],
    "its last byte lost": lambda text: text.rstrip()[:-1],
    "nothing in it": emptied,
    "a section misspelt": misspelt,
    "another kind of file": lambda _: "name: something else\n",
}

SECTIONS: Final = ("installs", "concrete_specs", "specs", "definitions", "packages")


@st.composite
def damaged(draw: st.DrawFn) -> Asked:
    """Draw a question of which one input was damaged, or one label misspelt."""
    question = QUESTIONS[draw(st.sampled_from(sorted(QUESTIONS)))]
    words = question.words
    of_labels = draw(st.booleans())
    if question.labels and of_labels:
        label = draw(st.sampled_from(question.labels))
        at = words.index(label)
        other = draw(st.sampled_from(["e4s-y", "e5s", "E4S", "sit", "-", "mine"]))
        words = (*words[:at], f"{other}={label.partition('=')[2]}", *words[at + 1 :])
        files = dict(question.files)
    else:
        name = draw(st.sampled_from(question.referred))
        change = DAMAGES[draw(st.sampled_from(sorted(DAMAGES)))](question.files[name])
        files = {key: text for key, text in question.files.items() if key != name}
        files |= {} if change is None else {name: change}
    if draw(st.booleans()):
        words = (*words, "--skip-damaged")
    return replace(question, words=words, files=files)


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_the_questions_are_red_on_whole_inputs(name: str) -> None:
    code, said, told = asked(QUESTIONS[name])
    assert is_red(told), (code, said)


@given(damaged())
def test_what_is_damaged_never_makes_a_red_answer_a_silent_green(question: Asked) -> None:
    code, said, told = asked(question)
    assert code in {0, 1, 2, 3}, said
    if code == 0:
        assert is_red(told), said
    elif not is_red(told):
        assert said, "whatever fails says why"
    if code != 0 and told:
        blocks = [each for each in told["left_out"] if each["blocks"]]  # type: ignore[attr-defined]
        assert all(each["remedy"] for each in blocks)


WHOLE: Final = {
    "peers": ("gaps", "--cache", "e4s=@mine.json", "--cache", "e4s-x=@mine.json"),
    "baseline": ("gaps", "--cache", "@mine.json", "--baseline", "@mine.json", "--fail-on-lost"),
    "difference": ("diff", "@mine.json", "@mine.json", "--fail-on-lost", "--fail-on-absent"),
    "lock": ("gaps", "--cache", "@mine.json", "--want", "@e4s", "--fail-under-roots", "100"),
    "environment": ("gaps", "--cache", "@mine.json", "--want", "@e4s/spack.yaml"),
    "plan": ("rebuild", "--cache", "@mine.json", "--want", "@e4s", "--want", "@e4s/spack.yaml"),
    # The hashes of the samples are not those of their content.
    "soundness": ("check", "--cache", "@mine.json", "--ignore", "wrong-hash"),
}


@pytest.mark.parametrize("name", list(WHOLE))
def test_on_whole_inputs_gates_hold(name: str) -> None:
    files = {
        "mine.json": index(["app", "hdf5", "zlib"], needs=NEEDS),
        "e4s/spack.lock": lock(["app"], needs=NEEDS),
        "e4s/spack.yaml": environment("app"),
    }
    words = WHOLE[name]
    if words[0] == "gaps":
        words = (*words, "--fail-under", "100", "--fail-on-unknown-over", "0")
    code, said, told = asked(Asked(words=words, files=files, referred=()))
    assert (code, is_red(told), told["left_out"]) == (0, False, []), said
