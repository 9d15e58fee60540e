"""Build caches in OCI registries: their names, and requests to them."""
