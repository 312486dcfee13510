"""What a test takes for granted, said once: the value is there."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def there(value: T | None) -> T:
    """The value; the test fails here, not three lines later, if there is none."""
    assert value is not None
    return value
