"""Saved catalogs: folders of Parquet files that are sources themselves, and that others read."""
