"""What any service could use; it passes no verdict about benefits."""
