# A recipe of the project's own, for methods under conditions.
"""What stands at the top."""
from spack_repo.builtin.build_systems.generic import Package

from spack.package import *

"a string that nobody uses"


class Methods(Package):
    """Methods for all kinds of specs."""

    homepage = "https://example.org/methods"
    url = "https://example.org/methods-1.0.tar.gz"
    git = "https://example.org/methods.git"
    maintainers = ["somebody"]
    kept = ["this", "stays"]

    maintainers("somebody", "else")
    license("MIT")

    version("2.0", sha256="a" * 64)
    for number in ("1.1", "1.0"):
        version(number, sha256="b" * 64)
    variant("mpi", default=True, description="With MPI")
    with when("+mpi"):
        depends_on("mpi")
        conflicts("%gcc@:4"),
    if kept:
        depends_on("zlib-api")
    elif not kept:
        pass
    else:
        depends_on("zlib")
    while False:
        patch("never.patch")
    helper_depends_on("something")

    def install(self, spec, prefix):
        """The one that every spec has, until another one wins."""
        make("all")

    @when("@2:")
    def install(self, spec, prefix):
        make("new")

    @when("@:1")
    @run_after("install")
    def install(self, spec, prefix):
        make("old")

    @when("+mpi")
    def check(self):
        # One of two.
        make("check-mpi")

    @when("~mpi")
    def check(self):
        make("check")

    @when(sys.platform == "darwin")
    @when("@1.0")
    def flags(self):
        return "-mac"

    @when(True)
    def flags(self):
        return "-all"

    @property
    @when("@2:")
    def libs(self):
        "Only a string"

    class Inner:
        "A class within a class"
        url = "stays"
        version("stays")

        @when("@:1")
        def inner(self):
            pass


class Empty(Package):
    version("1")
