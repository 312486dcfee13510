"""Stories of the three services. What must be said before anything of the product is loaded stands here."""

import os

# A stolen hash must cost a thief much; the thousands of people who sign in to stories need not cost us the same.
os.environ.setdefault("ARGON2_KIB", "64")
