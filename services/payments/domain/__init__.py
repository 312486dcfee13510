"""What payments knows without a database, a bank or a clock."""
