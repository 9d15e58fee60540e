"""Reading `spack.yaml` and its includes."""
