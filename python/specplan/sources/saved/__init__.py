"""Saved catalogs: folders of Parquet files that are sources themselves."""
