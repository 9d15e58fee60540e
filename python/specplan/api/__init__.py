"""The public interface for scripts: it turns keywords into requests for other packages."""
