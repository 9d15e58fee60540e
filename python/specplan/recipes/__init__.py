"""Changes of recipes by content: their effect on the hashes of specs.

Everything is read from files and git alone; nothing of a recipe is executed.

- :func:`~specplan.recipes.changes.recipe_changes`: verdicts on the changes between revisions;
- :func:`~specplan.recipes.successors.successors`: the next hashes of a lock;
- :func:`~specplan.recipes.changes.package_hashes`: what ``spack pkg hash`` prints.
"""
