import glob
import pathlib

from spack_repo.builtin.build_systems.python import PythonPackage

from spack.package import *


class PySpecplan(PythonPackage):
    """What Spack build caches lack, and the least that must be built.

    With it comes the extension `spack specplan`: name `share/spack-specplan` of its prefix under
    `config:extensions`.
    """

    homepage = "https://pypi.org/project/specplan/"
    # The checkout that this recipe is in, so that it builds before anything is released.
    git = pathlib.Path(__file__).resolve().parents[4].as_uri()

    license("Apache-2.0 OR MIT")

    version("main", branch="main")

    with default_args(type="build"):
        depends_on("c")
        depends_on("rust@1.90:")
        depends_on("py-maturin@1.9:1")

    with default_args(type=("build", "run")):
        depends_on("python@3.10:")
        depends_on("py-click@8.2:")
        depends_on("py-jinja2@3.1:")
        depends_on("py-markupsafe@2.1:")
        depends_on("py-orjson@3.10:")
        depends_on("py-pyyaml@6:")
        depends_on("py-rich@13.7:")
        depends_on("py-tomli@2:", when="^python@:3.10")
        depends_on("py-urllib3@2.2:2")

    @run_after("install")
    def link_extension(self):
        """Have the extension at a place that does not change with the version of Python."""
        packages = join_path(self.prefix, "lib*", "python*", "site-packages")
        (extension,) = glob.glob(join_path(packages, "specplan", "spack-specplan"))
        mkdirp(self.prefix.share)
        symlink(extension, join_path(self.prefix.share, "spack-specplan"))
