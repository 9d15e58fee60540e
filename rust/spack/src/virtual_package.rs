//! The virtual packages of Spack's own recipes.

/// The names, sorted, each with the packages that may provide it: the names that recipes of
/// `builtin` provided at any time from 2018 to July 2026, and those with providers in the default
/// configurations of Spack 0.23 and 1. `glx` and `osmesa`, virtual once, are packages today and not
/// among them: a package is there or missing.
const PROVIDERS: [(&str, &[&str]); 57] = [
    ("D", &["gcc", "ldc"]),
    ("armci", &["armcimpi"]),
    ("awk", &["gawk", "mawk"]),
    (
        "blas",
        &[
            "acfl",
            "amdblis",
            "armpl",
            "armpl-gcc",
            "atlas",
            "blis",
            "clblast",
            "cray-libsci",
            "essl",
            "flexiblas",
            "fujitsu-ssl2",
            "intel-mkl",
            "intel-oneapi-mkl",
            "intel-parallel-studio",
            "netlib-blas",
            "netlib-lapack",
            "netlib-xblas",
            "nvhpc",
            "nvpl-blas",
            "openblas",
            "openblas-with-lapack",
            "veclibfort",
        ],
    ),
    (
        "c",
        &[
            "acfl",
            "aocc",
            "apple-clang",
            "atfl",
            "cce",
            "fj",
            "gcc",
            "intel-oneapi-compilers",
            "intel-oneapi-compilers-classic",
            "llvm",
            "llvm-amdgpu",
            "msvc",
            "nvhpc",
            "xl",
        ],
    ),
    ("cuda-lang", &["cuda"]),
    (
        "cxx",
        &[
            "acfl",
            "aocc",
            "apple-clang",
            "atfl",
            "cce",
            "fj",
            "gcc",
            "intel-oneapi-compilers",
            "intel-oneapi-compilers-classic",
            "llvm",
            "llvm-amdgpu",
            "msvc",
            "nvhpc",
            "xl",
        ],
    ),
    (
        "daal",
        &["intel-daal", "intel-oneapi-dal", "intel-parallel-studio"],
    ),
    ("elf", &["elfutils", "libelf"]),
    (
        "fftw-api",
        &[
            "acfl",
            "amdfftw",
            "armpl",
            "armpl-gcc",
            "cray-fftw",
            "fftw",
            "fujitsu-fftw",
            "intel-mkl",
            "intel-oneapi-mkl",
            "intel-parallel-studio",
            "nvpl-fft",
        ],
    ),
    ("flame", &["amdlibflame", "libflame"]),
    (
        "fortran",
        &[
            "acfl",
            "aocc",
            "atfl",
            "cce",
            "fj",
            "gcc",
            "intel-oneapi-compilers",
            "intel-oneapi-compilers-classic",
            "llvm",
            "llvm-amdgpu",
            "msvc",
            "nag",
            "nvhpc",
            "xl",
        ],
    ),
    ("fortran-rt", &["gcc-runtime", "intel-oneapi-runtime"]),
    ("fuse", &["libfuse", "macfuse"]),
    ("gfortran", &[]),
    (
        "gl",
        &[
            "apple-gl", "egl", "glx", "mesa", "mesa18", "opengl", "osmesa", "wgl",
        ],
    ),
    ("glu", &["apple-glu", "mesa-glu", "openglu"]),
    ("go-or-gccgo-bootstrap", &["gcc", "go-bootstrap"]),
    ("golang", &["gcc", "go", "go-bootstrap"]),
    ("hip-lang", &["llvm-amdgpu"]),
    ("iconv", &["glibc", "libc", "libiconv", "musl"]),
    (
        "ipp",
        &["intel-ipp", "intel-oneapi-ipp", "intel-parallel-studio"],
    ),
    ("java", &["ibm-java", "icedtea", "jdk", "openjdk"]),
    ("jpeg", &["libjpeg", "libjpeg-turbo", "mozjpeg"]),
    (
        "lapack",
        &[
            "acfl",
            "amdlibflame",
            "armpl",
            "armpl-gcc",
            "atlas",
            "cray-libsci",
            "essl",
            "flexiblas",
            "fujitsu-ssl2",
            "intel-mkl",
            "intel-oneapi-mkl",
            "intel-parallel-studio",
            "libflame",
            "netlib-lapack",
            "nvhpc",
            "nvpl-lapack",
            "openblas",
            "openblas-with-lapack",
            "veclibfort",
        ],
    ),
    ("libc", &["glibc", "musl"]),
    ("libgfortran", &["gcc-runtime"]),
    ("libglx", &["mesa", "mesa18", "opengl"]),
    ("libifcore", &["intel-oneapi-runtime"]),
    ("libllvm", &["llvm", "llvm-amdgpu"]),
    ("libosmesa", &["mesa", "mesa18"]),
    ("lua-lang", &["lua", "lua-luajit", "lua-luajit-openresty"]),
    ("luajit", &["lua-luajit", "lua-luajit-openresty"]),
    ("mariadb-client", &["mariadb", "mariadb-c-client"]),
    (
        "mkl",
        &["intel-mkl", "intel-oneapi-mkl", "intel-parallel-studio"],
    ),
    ("mpe", &["mpe2"]),
    (
        "mpi",
        &[
            "charmpp",
            "cray-mpich",
            "cray-mvapich2",
            "fujitsu-mpi",
            "hpcx-mpi",
            "intel-mpi",
            "intel-oneapi-mpi",
            "intel-parallel-studio",
            "mpi-serial",
            "mpich",
            "mpich2",
            "mpilander",
            "mpitrampoline",
            "mpt",
            "msmpi",
            "mvapich",
            "mvapich-plus",
            "mvapich2",
            "mvapich2-gdr",
            "mvapich2x",
            "nmad",
            "nvhpc",
            "openmpi",
            "spectrum-mpi",
        ],
    ),
    ("mysql-client", &["mariadb", "mariadb-c-client", "mysql"]),
    ("onedal", &["intel-oneapi-dal"]),
    ("opencl", &["cuda", "ocl-icd", "opencl-icd-loader", "pocl"]),
    ("pbs", &["openpbs", "torque"]),
    ("pil", &["py-pil", "py-pillow", "py-pillow-simd"]),
    ("pkgconfig", &["pkg-config", "pkgconf"]),
    ("qmake", &["qt", "qt-base"]),
    ("rpc", &["libc", "libtirpc"]),
    (
        "scalapack",
        &[
            "amdscalapack",
            "cray-libsci",
            "fujitsu-ssl2",
            "intel-mkl",
            "intel-oneapi-mkl",
            "intel-parallel-studio",
            "netlib-scalapack",
            "nvpl-scalapack",
        ],
    ),
    ("sycl", &["hipsycl", "intel-oneapi-runtime"]),
    ("szip", &["libaec", "libszip"]),
    (
        "tbb",
        &["intel-oneapi-tbb", "intel-parallel-studio", "intel-tbb"],
    ),
    ("unwind", &["apple-libunwind", "libunwind"]),
    (
        "uuid",
        &["apple-libuuid", "libuuid", "ossp-uuid", "util-linux-uuid"],
    ),
    ("wasi-sdk", &["wasi-sdk-prebuilt"]),
    ("xkbdata-api", &["xkbdata", "xkeyboard-config"]),
    ("xxd", &["vim", "xxd-standalone"]),
    ("yacc", &["bison", "byacc"]),
    ("ziglang", &["zig"]),
    ("zlib-api", &["zlib", "zlib-ng"]),
];

/// Returns whether Spack's own recipes have a virtual package of this name.
///
/// Sources that record no edges do not record which names are virtual either. Repositories of a site can
/// add names, so that a name that is not among these may still be one.
pub fn is_virtual_of_spack(name: &str) -> bool {
    providers(name).is_some()
}

/// Returns whether some spec of a package may provide a virtual package, as Spack's own recipes
/// say.
///
/// Before version 6 of the spec file, a spec did not record what it provides: only the edges to it
/// show the virtual packages that dependents use. Its recipe decides whether it provides more.
pub fn may_provide(package: &str, virtual_name: &str) -> bool {
    providers(virtual_name).is_some_and(|packages| packages.binary_search(&package).is_ok())
}

fn providers(name: &str) -> Option<&'static [&'static str]> {
    let at = PROVIDERS.binary_search_by_key(&name, |&(name, _)| name);
    at.ok().map(|at| PROVIDERS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_they_are_found() {
        assert!(PROVIDERS.is_sorted_by_key(|&(name, _)| name));
        assert!(PROVIDERS.iter().all(|(_, packages)| packages.is_sorted()));
        assert!(is_virtual_of_spack("mpi"));
        assert!(is_virtual_of_spack("hip-lang"));
        assert!(!is_virtual_of_spack("osmesa"));
        assert!(!is_virtual_of_spack("openmpi"));
        assert!(!is_virtual_of_spack(""));
    }

    #[test]
    fn a_package_may_provide_what_its_recipe_did_at_some_time() {
        assert!(may_provide("openmpi", "mpi"));
        assert!(may_provide("intel-mkl", "scalapack"));
        assert!(!may_provide("zlib", "mpi"));
        assert!(!may_provide("openmpi", "openmpi"));
    }
}
