"""Exports of a plan for make, ninja, a shell script, Slurm, GitLab and GitHub."""
