"""The model country: invented, small and complete. Copy it to begin a pack."""
