"""Myanmar."""
