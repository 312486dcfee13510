"""The other services, as benefits asks them."""
