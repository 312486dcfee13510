"""Social Security Act of 2018 of the Philippines: sickness, written to try out docs/packs.md."""
