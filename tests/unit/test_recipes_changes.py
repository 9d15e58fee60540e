"""Verdicts on changes of recipes between two revisions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specplan import _core
from specplan.errors import SourceError
from specplan.recipes.history import history
from specplan.recipes.locks import read_lock
from specplan.recipes.model import RecipeChange
from specplan.recipes.successors import next_lock, successor_lock, successors
from tests.recipe_repositories import GREETING, Checkout, RecipeWorld, lock_of, node

SAME = {"1.0": "same", "2.0": "same"}


@pytest.fixture
def world(tmp_path: Path) -> RecipeWorld:
    return RecipeWorld(tmp_path / "checkout")


def only(world: RecipeWorld, *, lock: bool = True) -> RecipeChange:
    (change,) = world.changes(lock=lock).recipes
    return change


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# A comment.", "# Another comment.\n\n"),
        ('"""What it says."""', '"""Something else."""'),
        ('"""How."""\n        make', "make"),
        ('https://example.org"', 'https://example.com"'),
        ('"somebody"', '"somebody", "else"'),
        ('license("MIT")', 'license("Apache-2.0")'),
        ('license("MIT")', 'tags = ["build-tools"]'),
        ('    version("1.0"', '    version("3.0", sha256="%s")\n    version("1.0"' % ("3" * 64)),
        ("make('install')", 'make("install")'),
        ('    depends_on("zlib", when="@:1")\n', '    depends_on("zlib",\n        when="@:1")\n'),
        ('version("2.0", sha256="%s")' % ("2" * 64), 'version("2.0", "%s")' % ("2" * 64)),
        # The same is said of each spec under other conditions.
        ('when="@:1")', 'when="@1")'),
        ('depends_on("zlib", when="@:1")', 'with when("@:1.5"):\n        depends_on("zlib")'),
        ('    depends_on("gmake"', '    conflicts("platform=darwin")\n    depends_on("gmake"'),
    ],
)
def test_what_no_build_sees_leaves_every_hash(world: RecipeWorld, old: str, new: str) -> None:
    assert world.verdicts(GREETING.replace(old, new)) in ({}, SAME)


@pytest.mark.parametrize(
    ("old", "new", "verdicts"),
    [
        ('make("install")', 'make("all")', {"1.0": "same", "2.0": "stale"}),
        ('make("install-old")', 'make("older")', {"1.0": "stale", "2.0": "same"}),
        ('make("shout")', 'make("SHOUT")', {"1.0": "same", "2.0": "stale"}),
        ("2" * 64, "3" * 64, {"1.0": "same", "2.0": "stale"}),
        ('    version("1.0"', '    # version("1.0"', {"1.0": "may_change", "2.0": "same"}),
        ('"zlib", when="@:1"', '"zlib-ng", when="@:1"', {"1.0": "may_change", "2.0": "same"}),
        ('"gmake"', '"gmake@4:"', {"1.0": "may_change", "2.0": "may_change"}),
        ('when="@:1")', 'when="@:2")', {"1.0": "same", "2.0": "may_change"}),
        ('license("MIT")', 'conflicts("+loud")', {"1.0": "same", "2.0": "may_change"}),
        ("default=False", "default=True", {"1.0": "may_change", "2.0": "may_change"}),
        ("words.tar.gz", "verbs.tar.gz", {"1.0": "same", "2.0": "blind"}),
        ('patch("fix.patch"', 'patch("fix.patch", level=0', {"1.0": "same", "2.0": "stale"}),
        ('when="@2")\n    patch', 'when="@3")\n    patch', {"1.0": "same", "2.0": "stale"}),
        ("class Greeting", "class (", {"1.0": "may_change", "2.0": "may_change"}),
        ('@when("+loud")', '@when("loud=")', {"1.0": "may_change", "2.0": "may_change"}),
    ],
)
def test_a_change_is_judged_for_each_spec(
    world: RecipeWorld, old: str, new: str, verdicts: dict[str, str]
) -> None:
    assert old in GREETING
    assert world.verdicts(GREETING.replace(old, new)) == verdicts


@pytest.mark.parametrize(
    ("old", "new", "fates"),
    [
        ('make("install")', 'make("all")', {"1.0": "same", "2.0": "changes"}),
        ('"gmake"', '"gmake@4:"', {"1.0": "same", "2.0": "same"}),
        ("default=False", "default=True", {"1.0": "same", "2.0": "same"}),
        ("words.tar.gz", "verbs.tar.gz", {"1.0": "same", "2.0": "same"}),
        ('"gmake", type="build"', '"gmake", patches="x"', {"1.0": "unknown", "2.0": "unknown"}),
        ('    version("1.0"', '    # version("1.0"', {"1.0": "unknown", "2.0": "same"}),
        ("class Greeting", "class (", {"1.0": "unknown", "2.0": "unknown"}),
        ('@when("+loud")', '@when("loud=")', {"1.0": "unknown", "2.0": "unknown"}),
    ],
)
def test_a_package_hash_is_judged_as_if_the_concretizer_chose_the_same(
    world: RecipeWorld, old: str, new: str, fates: dict[str, str]
) -> None:
    assert old in GREETING
    world.checkout.recipe("greeting", GREETING.replace(old, new))
    change, totals = only(world), world.changes().totals
    assert {each.version: each.package_hash for each in change.specs} == fates
    may_change = [each for each in change.specs if each.verdict == "may_change"]
    assert totals.kept == sum(each.package_hash == "same" for each in may_change)


@pytest.mark.parametrize(
    ("old", "new", "verdicts"),
    [
        ('description="Louder"', 'when="@1:", description="Very loud"', SAME),
        ('description="Louder"', 'when="+loud"', {"1.0": "may_change", "2.0": "same"}),
        ("'plain', values=", "'plain', sticky=True, values=", dict.fromkeys(SAME, "may_change")),
    ],
)
def test_a_variant_may_be_described_otherwise_and_hold_under_other_conditions(
    world: RecipeWorld, old: str, new: str, verdicts: dict[str, str]
) -> None:
    text = GREETING.replace(
        "    depends_on", "    variant('plain', values=('a', other()))\n    depends_on", 1
    )
    world.checkout.recipe("greeting", text)
    world.checkout.commit()
    world.checkout.recipe("greeting", text.replace(old, new))
    (change,) = world.changes("HEAD").recipes
    assert {spec.version: spec.verdict for spec in change.specs} == verdicts


USER = "class User(Package):\n    version('1.0')\n    {}\n"


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        # The lock has greeting@2.0, to build and to link.
        ("depends_on('greeting')", "depends_on('greeting@2:')", "same"),
        ("depends_on('greeting@1:')", "depends_on('greeting@2.0:2')", "same"),
        ("depends_on('greeting')", "depends_on('greeting'); depends_on('greeting+loud')", "same"),
        ("depends_on('greeting@2:')", "depends_on('greeting')", "may_change"),
        ("depends_on('greeting')", "depends_on('greeting@1')", "may_change"),
        ("depends_on('greeting')", "depends_on('greeting', type='run')", "may_change"),
        ("depends_on('greeting')", "depends_on('greeting@2:', type='build')", "may_change"),
        ("depends_on('greeting')", "depends_on('greeting'); depends_on('zlib')", "may_change"),
        ("depends_on('greeting')", "pass", "may_change"),
    ],
)
def test_a_dependency_may_be_asked_more_of_if_it_has_it(
    world: RecipeWorld, old: str, new: str, verdict: str
) -> None:
    world.checkout.recipe("user", USER.format(old))
    world.checkout.commit()
    world.checkout.recipe("user", USER.format(new))
    (change,) = world.changes("HEAD").recipes
    assert [spec.verdict for spec in change.specs] == [verdict]


def test_a_patch_that_changed_makes_the_specs_stale_that_it_is_applied_to(
    world: RecipeWorld,
) -> None:
    world.checkout.write(f"{world.folder}/fix.patch", "another fix\n")
    change = only(world)
    assert {each.version: each.verdict for each in change.specs} == {"1.0": "same", "2.0": "stale"}
    assert change.classes == ("patch",)


@pytest.mark.parametrize(
    ("dependency", "content"),
    [("depends_on('greeting')", "a"), ("depends_on('greeting', patches='x.patch')", "b")],
    ids=["a new patch", "a patch that changed"],
)
def test_a_patch_that_a_recipe_applies_to_a_dependency_may_change_the_dependency(
    world: RecipeWorld, dependency: str, content: str
) -> None:
    """The hash of the dependency has it, so that nothing of the next lock is known."""
    patch = f"{world.checkout.root}/packages/user/x.patch"
    world.checkout.write(patch, "a")
    world.checkout.recipe("user", USER.format(dependency))
    world.first = world.checkout.commit()
    world.prove("user")
    world.checkout.write(patch, content)
    world.checkout.recipe("user", USER.format("depends_on('greeting', patches='x.patch')"))
    changes = world.changes()
    found = {(each.package, spec.version): spec for each in changes.recipes for spec in each.specs}
    assert found["greeting", "2.0"].verdict == "may_change"
    assert found["greeting", "2.0"].package_hash == "unknown"
    assert "user applies other patches to it" in found["greeting", "2.0"].reasons
    assert found["user", "1.0"].verdict == "may_change"
    document = successor_lock(world.compared(world.first), world.lock, changes)
    assert document is None


TAGGED = "class Greeting(Package):\n    git = 'https://example.org/g.git'\n    version('2.0', {})\n"
COMMIT, OTHER = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (f"tag='v2', commit='{COMMIT}'", f"tag='v2', commit='{OTHER}'", "stale"),
        (f"tag='v2', commit='{COMMIT}'", f"tag='v2.0', commit='{COMMIT}'", "same"),
        (f"commit='{COMMIT}'", f"commit='{COMMIT}', submodules=True", "blind"),
        (f"commit='{COMMIT}'", "tag='v2'", "may_change"),
        # A concretizer looks up the commit of a tag, unless the recipe says it now.
        ("tag='v2'", f"tag='v2', commit='{COMMIT}'", "same"),
        ("tag='v2'", f"tag='v2', commit='{OTHER}'", "may_change"),
        ("tag='v2'", "tag='v3'", "may_change"),
        ("tag='v2'", "tag='v2', git='https://example.org/h.git'", "may_change"),
        ("branch='main'", "branch='main', deprecated=False", "same"),
    ],
)
def test_a_spec_takes_the_commit_that_its_version_names(
    world: RecipeWorld, old: str, new: str, verdict: str
) -> None:
    """Spack writes the commit of a version into the spec, where later recipes do not change it."""
    world.lock = lock_of(node("greeting", "2.0", commit=COMMIT))
    world.checkout.recipe("greeting", TAGGED.format(old))
    world.first = world.checkout.commit()
    world.prove("greeting")
    world.checkout.recipe("greeting", TAGGED.format(new))
    changes = world.changes()
    assert [spec.verdict for each in changes.recipes for spec in each.specs] == [verdict]
    document = successor_lock(world.compared(world.first), world.lock, changes)
    if verdict == "stale":
        assert document is not None
        (raw,) = json.loads(document)["concrete_specs"].values()
        assert raw["parameters"]["commit"] == OTHER
        assert _core.check_hashes_in(document).wrong == []
    else:
        assert (document is None) == (verdict == "may_change")


def test_a_version_with_a_commit_is_the_same_under_another_tag(world: RecipeWorld) -> None:
    """Older releases of Spack do not write the commit into the spec."""
    world.lock = lock_of(node("greeting", "2.0"))
    world.checkout.recipe("greeting", TAGGED.format(f"tag='v2', commit='{COMMIT}'"))
    world.first = world.checkout.commit()
    world.checkout.recipe("greeting", TAGGED.format(f"tag='v2.0', commit='{COMMIT}'"))
    (change,) = world.changes().recipes
    assert [spec.verdict for spec in change.specs] == ["same"]


#: What is put before the second patch, and what becomes of the spec that has the first.
REPEATED = {
    # Spack applies a patch once.
    'patch("fix.patch", when="@2:")': "same",
    'patch("same.patch", when="@2:")': "same",
    'patch("fix.patch", when="@3")': "same",
    # Which of its directives gives it its place depends on how Spack groups conditions.
    'patch("old.patch", when="@2")\n    patch("fix.patch", when="@2:")': "may_change",
    # Spack looks up the level by the checksum.
    'patch("fix.patch", when="@3", level=2)': "may_change",
    'patch("same.patch", when="@2:", level=2)': "may_change",
}


@pytest.mark.parametrize(("more", "verdict"), REPEATED.items())
def test_a_patch_that_is_named_twice_is_one(world: RecipeWorld, more: str, verdict: str) -> None:
    world.checkout.write(f"{world.folder}/same.patch", "a fix\n")
    first = 'patch("fix.patch", when="@2")\n'
    found = world.verdicts(GREETING.replace(first, f"{first}    {more}\n"))
    assert found["2.0"] == verdict


def test_the_order_of_patches_is_in_the_hash_of_the_spec_alone(world: RecipeWorld) -> None:
    both = GREETING.replace('when="@1")\n    resource', 'when="@1:")\n    resource')
    world.checkout.recipe("greeting", both)
    first = world.checkout.commit()
    lines = ['    patch("fix.patch", when="@2")\n', '    patch("old.patch", when="@1:")\n']
    assert "".join(lines) in both
    world.checkout.recipe("greeting", both.replace("".join(lines), "".join(lines[::-1])))
    (change,) = world.changes(first).recipes
    found = {each.version: each for each in change.specs}
    assert (found["2.0"].verdict, found["2.0"].package_hash) == ("stale", "same")
    assert found["2.0"].reasons == ("the order in which patches are applied to the spec changed",)
    assert found["1.0"].verdict == "same"


def test_a_file_beside_a_recipe_that_is_no_patch_is_blind(world: RecipeWorld) -> None:
    world.checkout.write(f"{world.folder}/helper.sh", "echo\n")
    world.checkout.git("add", "-A")
    change = only(world)
    assert (change.verdict, change.classes) == ("blind", ("helper",))


def test_a_recipe_that_is_gone_may_change(world: RecipeWorld) -> None:
    (world.checkout.top / world.folder / "package.py").unlink()
    change = only(world)
    assert (change.verdict, change.classes) == ("may_change", ("removed",))
    assert {each.verdict for each in change.specs} == {"may_change"}


def test_a_recipe_that_is_moved_to_another_layout_stays_the_same(tmp_path: Path) -> None:
    world = RecipeWorld(tmp_path / "checkout")
    world.checkout.git("mv", "spack_repo/builtin", "old")
    world.checkout.write("old/repo.yaml", "repo:\n  namespace: builtin\n")
    world.checkout.commit()
    change = only(world)
    assert change.path == "old/packages/greeting/package.py"
    assert {each.verdict for each in change.specs} == {"same"}


@pytest.mark.parametrize(("content", "verdict"), [("x = 1\n", "same"), ("x = 2\n", "blind")])
def test_a_file_that_is_moved_with_its_recipe_is_no_change(
    world: RecipeWorld, content: str, verdict: str
) -> None:
    world.checkout.write(f"{world.folder}/helper.py", "x = 1\n")
    first = world.checkout.commit()
    world.checkout.git("mv", "spack_repo/builtin", "old")
    world.checkout.write("old/packages/greeting/helper.py", content)
    world.checkout.commit()
    (change,) = world.changes(first).recipes
    assert {each.verdict for each in change.specs} == {verdict}


def test_a_build_system_is_blind_for_the_recipes_that_import_it(world: RecipeWorld) -> None:
    path = f"{world.checkout.root}/build_systems/generic.py"
    world.checkout.write(path, "class Package:\n    '''First.'''\n")
    first = world.checkout.commit()
    world.checkout.write(path, "class Package:\n    '''Second.'''\n")
    second = world.checkout.commit()
    world.checkout.write(path, "class Package:\n    x = 1\n")
    third = world.checkout.commit()
    assert world.changes(f"{first}..{second}").recipes == ()
    (change,) = world.changes(f"{second}..{third}").recipes
    assert (change.package, change.verdict, change.classes) == (
        "greeting",
        "blind",
        ("build_system",),
    )
    assert world.changes(f"{second}..{third}").others == (path,)


def test_a_parent_is_blind_for_the_recipes_that_derive_from_it(world: RecipeWorld) -> None:
    child = (
        "from spack_repo.builtin.packages.greeting.package import Greeting\n"
        "class User(Greeting):\n    version('1.0')\n"
    )
    world.checkout.recipe("user", child)
    first = world.checkout.commit()
    world.checkout.recipe("greeting", GREETING.replace('make("shout")', 'make("SHOUT")'))
    second = world.checkout.commit()
    verdicts = {each.package: each for each in world.changes(f"{first}..{second}").recipes}
    assert verdicts["user"].verdict == "blind"
    assert verdicts["user"].classes == ("parent",)


def test_what_a_parent_declares_is_declared_by_its_children(world: RecipeWorld) -> None:
    child = (
        "from spack_repo.builtin.packages.greeting.package import Greeting\n"
        "class User(Greeting):\n    pass\n"
    )
    world.checkout.recipe("user", child)
    first = world.checkout.commit()
    world.checkout.recipe("greeting", GREETING.replace("1" * 64, "4" * 64))
    second = world.checkout.commit()
    verdicts = {each.package: each for each in world.changes(f"{first}..{second}").recipes}
    assert verdicts["user"].verdict == "stale"


def test_without_a_lock_the_verdict_is_that_of_any_spec(world: RecipeWorld) -> None:
    world.checkout.recipe("greeting", GREETING.replace('make("shout")', 'make("SHOUT")'))
    change = only(world, lock=False)
    assert (change.verdict, change.classes, change.specs) == ("stale", ("code",), ())
    line = GREETING.split("\n").index('        make("shout")') + 1
    assert change.lines == ((line, line),)


def test_a_new_version_is_reported_and_changes_nothing(world: RecipeWorld) -> None:
    text = GREETING.replace('    version("1.0"', '    version("3.0")\n    version("1.0"')
    world.checkout.recipe("greeting", text)
    change = only(world, lock=False)
    assert (change.verdict, change.classes) == ("same", ("version_added",))


def test_comments_alone_are_cosmetic_and_have_no_lines(world: RecipeWorld) -> None:
    world.checkout.recipe("greeting", GREETING.replace("# A comment.", "# More.\n"))
    change = only(world)
    assert (change.verdict, change.classes, change.lines) == ("same", ("cosmetic",), ())


def test_specs_that_the_recipe_gives_their_hash_are_proven(world: RecipeWorld) -> None:
    world.checkout.recipe("greeting", GREETING.replace("# A comment.", "# More."))
    assert all(each.proven for each in only(world).specs)


def test_totals_count_recipes_specs_and_dependents(world: RecipeWorld) -> None:
    world.checkout.recipe("greeting", GREETING.replace('make("install")', 'make("all")'))
    totals = world.changes().totals
    assert (totals.recipes.stale, totals.specs.stale, totals.specs.same) == (1, 1, 1)
    assert totals.dependents == 1


def test_a_range_is_two_commits_or_what_became_since_the_last_common_one(
    world: RecipeWorld,
) -> None:
    world.checkout.git("checkout", "-qb", "other")
    world.checkout.recipe("other", "class Other: pass\n")
    world.checkout.commit()
    world.checkout.git("checkout", "-q", world.first, "-b", "mine")
    world.checkout.recipe("mine", "class Mine: pass\n")
    world.checkout.commit()
    two = {each.package for each in world.changes("other..mine").recipes}
    since = {each.package for each in world.changes("other...mine").recipes}
    assert (two, since) == ({"mine", "other"}, {"mine"})


def test_a_bare_clone_has_ranges_and_no_working_tree(world: RecipeWorld, tmp_path: Path) -> None:
    world.checkout.recipe("mine", "class Mine: pass\n")
    last = world.checkout.commit()
    bare = tmp_path / "bare.git"
    world.checkout.git("clone", "-q", "--bare", str(world.checkout.top), str(bare))
    assert list(history(str(bare), f"{world.first}..{last}").files) == [
        "spack_repo/builtin/packages/mine/package.py"
    ]
    with pytest.raises(SourceError):
        history(str(bare), world.first)


@pytest.mark.parametrize("part", ["packages", "packages/greeting"])
def test_a_part_of_a_package_repository_is_no_place_where_nothing_changed(
    world: RecipeWorld, part: str
) -> None:
    world.checkout.recipe("mine", "class Mine: pass\n")
    world.checkout.commit()
    root = world.checkout.top / world.checkout.root
    with pytest.raises(SourceError, match="only a part of a package repository") as caught:
        history(str(root / part), world.first)
    assert caught.value.hint == f"name the whole of it: `--packages {root}`"
    for whole in (root, root.parent):
        assert len(history(str(whole), world.first).files) == 1


def test_a_folder_without_recipes_is_no_place_where_nothing_changed(world: RecipeWorld) -> None:
    world.checkout.write("docs/index.md", "# No recipe\n")
    world.checkout.recipe("mine", "class Mine: pass\n")
    world.checkout.commit()
    with pytest.raises(SourceError, match="contains no package repository"):
        history(str(world.checkout.top / "docs"), world.first)


def test_a_revision_that_a_shallow_clone_lacks_is_named_with_what_helps(
    world: RecipeWorld, tmp_path: Path
) -> None:
    world.checkout.commit()
    shallow = tmp_path / "shallow"
    url = world.checkout.top.as_uri()
    world.checkout.git("clone", "-q", "--depth=1", url, str(shallow))
    with pytest.raises(SourceError, match="does not know the revision") as caught:
        history(str(shallow), f"{world.first}..HEAD")
    assert "unshallow" in (caught.value.hint or "")


def test_a_link_in_the_working_tree_is_not_followed(world: RecipeWorld, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text(GREETING)
    file = world.checkout.top / world.folder / "package.py"
    file.unlink()
    file.symlink_to(secret)
    assert only(world).classes == ("unread",)


def test_recipes_of_the_first_layout_are_found_by_their_name(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "old", api="v1.0", root="var/spack/repos/builtin")
    checkout.recipe("py-mine", "class PyMine: pass\n")
    first = checkout.commit()
    checkout.recipe("py-mine", "class PyMine:\n    x = 1\n")
    second = checkout.commit()
    from specplan.recipes.changes import recipe_changes  # noqa: PLC0415 - once
    from specplan.recipes.rules import rules_of  # noqa: PLC0415 - once

    (change,) = recipe_changes(
        history(str(checkout.top), f"{first}..{second}"), [], rules_of()
    ).recipes
    assert (change.package, change.namespace, change.verdict) == ("py-mine", "builtin", "stale")


def test_successors_have_the_hashes_of_what_they_hold(world: RecipeWorld) -> None:
    world.checkout.recipe("greeting", GREETING.replace('make("install")', 'make("all")'))
    compared, changes = world.compared(world.first), world.changes()
    found = successors(compared, world.lock, changes)
    # The dependent's recipe is not available, so that its package hash is not proven.
    assert {(each.package, each.successor is None) for each in found.specs} == {
        ("greeting", False),
        ("user", True),
    }
    assert found.kept == 1


def test_a_lock_whose_every_spec_has_a_successor_is_written_and_sound(tmp_path: Path) -> None:
    world = RecipeWorld(tmp_path / "checkout")
    nodes = [dict(each.raw) for each in world.lock.file.nodes.values()][:2]
    world.lock = lock_of(*nodes)
    world.checkout.recipe("greeting", GREETING.replace('make("install")', 'make("all")'))
    world.checkout.write(f"{world.folder}/fix.patch", "another fix\n")
    text = successor_lock(world.compared(world.first), world.lock, world.changes())
    assert text is not None
    assert _core.check_hashes_in(text).wrong == []
    old, new = set(world.lock.file.nodes), set(json.loads(text)["concrete_specs"])
    assert (len(old & new), len(new)) == (1, 2)


def test_a_new_version_that_may_be_chosen_leaves_a_spec_without_a_successor(
    world: RecipeWorld,
) -> None:
    """The verdict is about the spec as it is, the next hash about what is concretized next."""
    text = GREETING.replace('make("install")', 'make("all")')
    newer = 'version("3.0", sha256="3")\n    version("2.0"'
    world.checkout.recipe("greeting", text.replace('version("2.0"', newer))
    changes = world.changes()
    assert {each.verdict for each in changes.recipes[0].specs} == {"stale", "same"}
    found = successors(world.compared(world.first), world.lock, changes)
    assert {each.successor for each in found.specs} == {None}
    assert all("a concretizer may choose version 3.0 now" in each.reason for each in found.specs)
    assert found.kept == 0


#: Changes of versions that the spec does not have, and what is said of them.
OTHER_VERSIONS = {
    'version("3.0", sha256="3")': "may choose version 3.0 now",
    # It may be chosen for what it needs, which then has a better version.
    'version("1.9", sha256="3")': "may choose version 1.9 now",
    'version("1.0", sha256="%s", preferred=True)' % ("1" * 64): "may choose version 1.0 now",
    "version(other())": "may choose a version that is not read now",
    # Each version below it has a better place then.
    "# gone": "may choose otherwise now, as version 1.5 is gone",
}


@pytest.mark.parametrize(("line", "why"), OTHER_VERSIONS.items())
def test_what_only_concretizes_otherwise_is_open_with_all_that_depends_on_it(
    world: RecipeWorld, line: str, why: str
) -> None:
    is_gone = line == "# gone"
    middle = '    version("1.5", sha256="5")\n'
    if is_gone:
        world.checkout.recipe("greeting", GREETING.replace("    variant", f"{middle}    variant"))
        world.first = world.checkout.commit()
    world.checkout.recipe("greeting", GREETING.replace("    variant", f"    {line}\n    variant"))
    changes = world.changes()
    made = next_lock(world.compared(world.first), world.lock, changes, frozenset({"stale"}))
    found = made.answer
    assert [(each.package, each.version) for each in found.open] == [
        ("greeting", "2.0"),
        ("greeting", "1.0"),
        ("user", "1.0"),
    ]
    new, top = found.open[0], found.open[-1]
    assert (new.cause, top.cause, top.reason) == (new.hash, new.hash, new.reason)
    assert why in new.reason
    assert (found.kept, found.specs) == (0, ())
    # The written lock keeps them; if treated as stale, none of them has a known hash.
    assert made.whole is not None
    treated = next_lock(world.compared(world.first), world.lock, changes)
    assert treated.whole is None


def test_a_version_that_its_root_names_is_kept_if_nothing_depends_on_it(
    world: RecipeWorld,
) -> None:
    document = dict(world.lock.file.document)
    document["roots"] = [
        {"hash": key, "spec": f"{spec['name']}@{spec['version']}"}
        for key, spec in document["concrete_specs"].items()
    ]
    world.lock = read_lock(json.dumps(document).encode(), "site", "site")
    newer = 'version("3.0", sha256="3")\n    version("2.0"'
    world.checkout.recipe("greeting", GREETING.replace('version("2.0"', newer))
    compared, changes = world.compared(world.first), world.changes()
    found = next_lock(compared, world.lock, changes, frozenset({"stale"})).answer
    assert [(each.package, each.version) for each in found.open] == [
        ("greeting", "2.0"),
        ("user", "1.0"),
    ]
    # Spack takes 1.0-1 for a version 1.0 too.
    world.checkout.recipe(
        "greeting", GREETING.replace('version("2.0"', newer.replace("3.0", "1.0-1"))
    )
    compared, changes = world.compared(world.first), world.changes()
    found = next_lock(compared, world.lock, changes, frozenset({"stale"})).answer
    assert len(found.open) == 3


def test_what_depends_on_an_open_spec_has_no_next_hash(world: RecipeWorld) -> None:
    """A stricter directive makes nothing else possible, but the spec may not meet it."""
    world.checkout.recipe("user", USER.format("def install(self): pass"))
    world.first = world.checkout.commit()
    world.prove("user")
    world.checkout.recipe("user", USER.format("def install(self): return"))
    limit = '    depends_on("gmake@4:", type="build")\n    version("2.0"'
    world.checkout.recipe("greeting", GREETING.replace('    version("2.0"', limit))
    compared, changes = world.compared(world.first), world.changes()
    found = next_lock(compared, world.lock, changes, frozenset({"stale"})).answer
    (top,) = found.specs
    assert (top.package, top.successor) == ("user", None)
    assert "`depends_on` changed" in top.reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('depends_on("fortran", when="@9:")', 'depends_on("fortran", when="@9: +lapack")'),
        ('conflicts("%gcc", when="@9:")', ""),
        ("", 'variant("lapack", default=False, when="@9:")'),
        ("", 'provides("blas", when="@9:")'),
    ],
)
def test_a_directive_that_frees_another_version_leaves_a_spec_without_a_successor(
    world: RecipeWorld, before: str, after: str
) -> None:
    """The version that became possible may be the better one."""
    text = GREETING.replace('    version("2.0"', f'    {before}\n    version("2.0"')
    world.checkout.recipe("greeting", text)
    base = world.checkout.commit()
    freed = text.replace(f"    {before}\n", f"    {after}\n", 1)
    world.checkout.recipe("greeting", freed.replace('make("install")', 'make("all")'))
    compared, changes = world.compared(base), world.changes(base)
    found = successors(compared, world.lock, changes)
    assert {each.successor for each in found.specs} == {None}
    assert any("a concretizer may choose otherwise now" in each.reason for each in found.specs)


def test_a_limit_on_another_version_leaves_a_successor(world: RecipeWorld) -> None:
    text = GREETING.replace('make("install")', 'make("all")')
    limit = 'conflicts("%gcc", when="@9:")\n    version("2.0"'
    world.checkout.recipe("greeting", text.replace('version("2.0"', limit))
    found = successors(world.compared(world.first), world.lock, world.changes())
    assert any(each.successor for each in found.specs)


def test_what_a_concretizer_reads_leaves_a_spec_without_a_successor(world: RecipeWorld) -> None:
    text = GREETING.replace('make("install")', 'make("all")').replace('"gmake"', '"gmake@4:"')
    world.checkout.recipe("greeting", text)
    found = successors(world.compared(world.first), world.lock, world.changes())
    assert {each.successor for each in found.specs} == {None}
    assert any("`depends_on` changed" in each.reason for each in found.specs)


BASE = """
def needed():
    depends_on("gmake")


class Common(Package):
    depends_on("gmake")

    def helper(self):
        pass
"""


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Greeting(Package)", "Greeting(Package, Other)", "its base classes changed"),
        ("build_systems.generic import", "build_systems.other import", "its base classes changed"),
        ("    homepage", '    tags = ["build-tools"]\n    homepage', "for its tags"),
        ("    homepage", '    tags = ["hep"]\n    homepage', ""),
        (
            "@when",
            "def runtime_constraints(cls):\n        pass\n\n    @when",
            "runtime_constraints",
        ),
        # A class of the same file, and a function that the class calls.
        (
            '    depends_on("gmake")\n\n    def h',
            '    depends_on("zlib")\n\n    def h',
            "`depends_on`",
        ),
        (
            'depends_on("gmake")\n\n\nclass',
            'depends_on("zlib")\n\n\nclass',
            "values that its directives use",
        ),
        ("        pass", "        return 1", ""),
        ("return 7", "return 8", ""),
    ],
)
def test_a_hash_follows_only_where_nothing_else_that_a_concretizer_reads_changed(
    world: RecipeWorld, old: str, new: str, why: str
) -> None:
    own = GREETING.replace("\n\nclass Greeting(Package)", f"{BASE}\n\nclass Greeting(Package)")
    if "Greeting(" not in old:
        own = own.replace("Greeting(Package)", "Greeting(Common)")
    method = "    def patch(self):\n        return 7\n\n    def install"
    own = own.replace('    license("MIT")', '    license("MIT")\n    needed()')
    own = own.replace("    def install", method, 1)
    world.checkout.recipe("greeting", own)
    world.first = world.checkout.commit()
    world.prove("greeting")
    changed = own.replace(old, new, 1)
    assert changed != own
    world.checkout.recipe("greeting", changed.replace('make("install")', 'make("all")'))
    found = successors(world.compared(world.first), world.lock, world.changes())
    (one,) = (each for each in found.specs if (each.package, each.version) == ("greeting", "2.0"))
    assert (one.successor is None) == bool(why)
    assert why in one.reason
