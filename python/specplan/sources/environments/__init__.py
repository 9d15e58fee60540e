"""Reading `spack.yaml` and what it includes."""
