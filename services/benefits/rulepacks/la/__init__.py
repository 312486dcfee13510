"""Lao PDR."""
