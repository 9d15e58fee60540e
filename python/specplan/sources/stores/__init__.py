"""Where files are: folders, servers, object stores."""
