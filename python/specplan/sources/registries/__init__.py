"""Build caches in registries of OCI images: what they are called, how they are asked."""
