//! The virtual packages of Spack's own recipes.

/// The names, sorted: what the recipes of `builtin` provide as of July 2026, and what the default
/// configurations of Spack 0.23 and 1 name providers of. `glx` and `osmesa`, virtual once, are
/// packages today and not among them: a package is there or missing.
const NAMES: [&str; 57] = [
    "D",
    "armci",
    "awk",
    "blas",
    "c",
    "cuda-lang",
    "cxx",
    "daal",
    "elf",
    "fftw-api",
    "flame",
    "fortran",
    "fortran-rt",
    "fuse",
    "gfortran",
    "gl",
    "glu",
    "go-or-gccgo-bootstrap",
    "golang",
    "hip-lang",
    "iconv",
    "ipp",
    "java",
    "jpeg",
    "lapack",
    "libc",
    "libgfortran",
    "libglx",
    "libifcore",
    "libllvm",
    "libosmesa",
    "lua-lang",
    "luajit",
    "mariadb-client",
    "mkl",
    "mpe",
    "mpi",
    "mysql-client",
    "onedal",
    "opencl",
    "pbs",
    "pil",
    "pkgconfig",
    "qmake",
    "rpc",
    "scalapack",
    "sycl",
    "szip",
    "tbb",
    "unwind",
    "uuid",
    "wasi-sdk",
    "xkbdata-api",
    "xxd",
    "yacc",
    "ziglang",
    "zlib-api",
];

/// Whether Spack's own recipes have a virtual package of this name.
///
/// Sources that record no edges do not record which names are virtual either. Repositories of a site can
/// add names, so that a name that is not among these may still be one.
pub fn is_virtual_of_spack(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_they_are_found() {
        assert!(NAMES.is_sorted());
        assert!(is_virtual_of_spack("mpi"));
        assert!(is_virtual_of_spack("hip-lang"));
        assert!(!is_virtual_of_spack("osmesa"));
        assert!(!is_virtual_of_spack("openmpi"));
        assert!(!is_virtual_of_spack(""));
    }
}
