"""The builds of a plan as what runs them: make, ninja, a script, Slurm, GitLab, GitHub."""
