"""Recipes of the project's own for a real Spack: packages without code, of any graph.

Each package installs one file that names its dependencies' files, so that a build fails where a
dependency is not installed, as a real one does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["TWENTY", "Recipe", "write_recipes"]

NAMESPACE: Final = "specplan_test"

#: The external compiler that Spack requires.
_COMPILER: Final = """    tags = ["compiler"]
    cc, cxx, fortran = "/usr/bin/gcc", None, None
    verbose_flags = "-v"
    compiler_version_argument = "-dumpfullversion"
    compiler_version_regex = "(.*)"
"""


@dataclass(frozen=True)
class Recipe:
    """A package.

    Attributes:
        needs: Its dependencies, with the types of each edge.
        provides: The virtual package that it provides, if any.
        revision: A number that stands in its recipe, so that a change of it changes the hash.
        is_compiler: Whether Spack is to take it for a compiler.
    """

    needs: Mapping[str, Iterable[str]] = field(default_factory=dict)
    provides: str = ""
    revision: int = 0
    is_compiler: bool = False

    def text(self, name: str, record: Path) -> str:
        """Return its recipe, which notes in a file that it was built."""
        lines = [
            "from spack.package import *",
            "",
            "",
            f"class {name.title().replace('-', '')}(Package):",
            f'    """The package {name}."""',
            "",
            f'    homepage = "https://example.org/{name}"',
            "    has_code = False",
            *([_COMPILER] if self.is_compiler else []),
            '    version("1.0")',
            *([f'    provides("{self.provides}")'] if self.provides else []),
            *(
                f'    depends_on("{other}", type={tuple(types)!r})'
                for other, types in self.needs.items()
            ),
            "",
            "    def install(self, spec, prefix):",
            f"        lines = [{self.revision!r}]",
            '        for each in spec.dependencies(deptype=("build", "link", "run")):',
            "            if not each.external:",
            '                lines.append(open(join_path(each.prefix, "data")).readline())',
            "        mkdirp(prefix)",
            '        with open(join_path(prefix, "data"), "w") as file:',
            '            file.write(f"{spec.name}\\n{lines}\\n")',
            f"        with open({str(record)!r}, 'a') as file:",
            '            file.write(f"{spec.dag_hash()}\\n")',
        ]
        return "\n".join(lines) + "\n"


#: Some twenty packages: tools that are only built with, libraries, a virtual, two roots, an
#: external, an edge for tests.
TWENTY: Final[Mapping[str, Recipe]] = {
    "t-tool": Recipe(),
    "t-macro": Recipe({"t-tool": ["build"]}),
    "t-config": Recipe({"t-macro": ["build"], "t-tool": ["build"]}),
    "t-check": Recipe(),
    "t-zip": Recipe({"t-tool": ["build"]}),
    "t-crypt": Recipe({"t-zip": ["link"], "t-config": ["build"]}),
    "t-curl": Recipe({"t-crypt": ["link"], "t-zip": ["link"], "t-config": ["build"]}),
    "t-script": Recipe({"t-zip": ["link"], "t-crypt": ["link"]}),
    "t-module": Recipe({"t-script": ["build", "run"], "t-check": ["test"]}),
    "t-array": Recipe({"t-script": ["build", "run"], "t-module": ["build"], "t-blas": ["link"]}),
    "t-openblas": Recipe({"t-tool": ["build"], "t-system": ["link"]}, provides="t-blas"),
    "t-solver": Recipe({"t-blas": ["link"], "t-config": ["build"]}),
    "t-mesh": Recipe({"t-io": ["link"], "t-config": ["build"]}),
    "t-io": Recipe({"t-zip": ["link"], "t-net": ["link"]}),
    "t-net": Recipe({"t-curl": ["link"], "t-system": ["link"]}),
    "t-plot": Recipe({"t-array": ["run"], "t-script": ["build", "run"]}),
    "t-view": Recipe({"t-mesh": ["link"], "t-plot": ["run"]}),
    "t-app": Recipe({"t-mesh": ["link"], "t-solver": ["link"], "t-config": ["build"]}),
    "t-study": Recipe({"t-array": ["run"], "t-view": ["run"], "t-module": ["run"]}),
    "t-system": Recipe(),
}

#: What Spack itself asks for: without a compiler that is an external it concretizes nothing.
_GIVEN: Final[Mapping[str, Recipe]] = {
    "compiler-wrapper": Recipe(),
    "gcc": Recipe(provides="c", is_compiler=True),
    "glibc": Recipe(provides="libc"),
}


def write_recipes(folder: Path, recipes: Mapping[str, Recipe]) -> Path:
    """Write a repository of recipes and return it; what is built is noted in ``built`` beside."""
    repository = folder / "spack_repo" / NAMESPACE
    repository.mkdir(parents=True, exist_ok=True)
    text = f"repo:\n  namespace: {NAMESPACE}\n  api: v2.0\n"
    (repository / "repo.yaml").write_text(text, encoding="utf-8")
    for name, recipe in {**recipes, **_GIVEN}.items():
        place = repository / "packages" / name.replace("-", "_")
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.py").write_text(recipe.text(name, folder / "built"), encoding="utf-8")
    return repository
