"""The tests of the standards: each kind measures one thing and compares it with the threshold of a requirement.

Every test gets the requirement, the branch and a `Context`, and answers with a `Result`. Ratios are compared as exact
fractions before any rounding; what rounding does is a note.
"""
