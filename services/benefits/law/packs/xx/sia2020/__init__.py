"""Sickness Insurance Act 2020 of the model country."""
