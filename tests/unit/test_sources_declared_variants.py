"""Which variants packages have is read off their recipes, and nothing of these is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from specplan.errors import SourceError
from specplan.sources.declared_variants import declared_variants

CUDA = """
from spack.package import PackageBase, variant

class CudaPackage(PackageBase):
    variant("cuda", default=False)
    variant("cuda_arch", when="+cuda")
    build_system("generic")
"""

TOOL = """
import os
from spack_repo.builtin.build_systems.cuda import CudaPackage as Cuda
from spack.package import *

open("ran", "w")

class Tool(Cuda, Package):
    version("1")
    depends_on("zlib", when="+other")
    variant("mpi", default=True, description="no variant('inner')")
    variant(name="named", default=True)
    variant("late", when="@2:")
    with when("@3:"):
        variant("nested", default=False)
    if os.environ:
        variant("either", default=False)

    def install(self, spec, prefix):
        variant("inner")
"""


def repository(folder: Path, **recipes: str) -> str:
    top = folder / "repos/spack_repo/builtin"
    files = {"build_systems/cuda.py": CUDA}
    files |= {f"packages/{name}/package.py": text for name, text in recipes.items()}
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("mpi", True),
        ("named", True),
        ("cuda", True),
        ("cuda_arch", None),
        ("late", None),
        ("nested", None),
        ("either", None),
        ("inner", False),
        ("other", False),
        ("build_system", True),
    ],
)
def test_a_recipe_and_its_bases_show_the_variants_of_a_package(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variant: str,
    expected: bool | None,  # noqa: FBT001 - one of the parameters of the test
) -> None:
    monkeypatch.chdir(tmp_path)
    place = repository(tmp_path / "repo", tool=TOOL)
    for each in (place, f"{place}/repos/spack_repo/builtin"):
        assert declared_variants(each).has("tool", variant) is expected
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "recipe",
    [
        "class Tool(Elsewhere): pass",
        "from spack_repo.builtin.build_systems.cuda import Other\nclass Tool(Other): pass",
        "from spack_repo.other.packages.tool.package import Tool as T\nclass Tool(T): pass",
        "class Tool(made(Package)): pass",
        "class Tool(Package):\n    for each in names:\n        variant(each)",
        "class Tool(Package):\n    variant(**given)",
        "class Tool(Package):\n    my_variants()",
        "class Tool(Tool): pass\nclass Other: pass\nclass Tool(Other, Lost): pass",
        "class Other(Package): pass",
        "def broken(:",
        "\0",
        "",
    ],
)
def test_what_a_recipe_does_not_write_out_is_not_known(tmp_path: Path, recipe: str) -> None:
    variants = declared_variants(repository(tmp_path, tool=recipe))
    assert variants.has("tool", "mpi") is None
    assert variants.has("absent", "mpi") is None


def test_folders_of_recipes_may_be_named_as_modules_or_as_packages(tmp_path: Path) -> None:
    old = "from spack.pkg.builtin.py_tool import PyTool\nclass PyMore(PyTool): pass"
    recipe = "class {}(Package):\n    variant('x')"
    place = repository(
        tmp_path,
        py_tool=recipe.format("PyTool"),
        _7zip=recipe.format("_7zip"),
        **{"old-name": recipe.format("OldName"), "py-more": old},
    )
    variants = declared_variants(place)
    for package in ("py-tool", "7zip", "old-name", "py-more"):
        assert variants.has(package, "x") is True, package
        assert variants.has(package, "y") is False, package


def test_a_folder_without_recipes_is_refused_with_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="contains no package repository") as caught:
        declared_variants(str(tmp_path))
    assert "packages/" in (caught.value.hint or "")
