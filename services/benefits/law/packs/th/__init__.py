"""Thailand."""
