"""Generated environments have the roots that Spack gives them, or are refused as by Spack."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TypedDict

from specplan.errors import SpecplanError
from specplan.model.host import Host
from specplan.sources.environments.environment import read_environment
from specplan.sources.environments.options import EnvironmentOptions

ANSWERS = Path(__file__).parents[1] / "data/oracle/generated-environments.json.gz"


class Answer(TypedDict):
    """What Spack makes of one environment."""

    files: dict[str, str]
    host: dict[str, str]
    env: dict[str, str]
    roots: list[str] | None


def answers() -> list[Answer]:
    loaded = json.loads(gzip.decompress(ANSWERS.read_bytes()))
    assert isinstance(loaded, dict)
    environments: list[Answer] = loaded["environments"]
    return environments


def roots(answer: Answer, folder: Path) -> list[str] | None:
    for name, content in answer["files"].items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    options = EnvironmentOptions(host=Host(**answer["host"], env=answer["env"]))
    try:
        environment = read_environment(folder, options=options)
    except SpecplanError:
        return None
    return [root.spec for root in environment.roots]


def test_generated_environments_have_the_roots_that_spack_gives_them(tmp_path: Path) -> None:
    """Conditions, definitions, references, matrices, exclusions, toolchains and includes."""
    environments = answers()
    assert len(environments) > 900
    for number, answer in enumerate(environments):
        assert roots(answer, tmp_path / str(number)) == answer["roots"], answer["files"]
