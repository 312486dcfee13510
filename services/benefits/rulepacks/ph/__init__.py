"""The Philippines."""
