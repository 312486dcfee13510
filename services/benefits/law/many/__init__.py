"""Many at once: the steps of a pack, unchanged, run on numbers that each stand for many persons."""
