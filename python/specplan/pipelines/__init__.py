"""Pipelines of GitLab as ``spack ci generate`` writes them, trimmed to the builds of a plan."""
