"""What each page and each answer shows: frozen dataclasses built from records. A page renders them, an answer dumps
them."""
