"""Stores of files: folders, servers, object stores."""
