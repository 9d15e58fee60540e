"""Reading build caches: mirrors, their indexes, and snapshots of them."""
