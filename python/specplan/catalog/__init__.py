"""The rows of sources, and lookups in them: states, specs, selections, differences."""
