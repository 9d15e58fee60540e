"""The face for scripts: a question becomes a request, and a room answers it."""
