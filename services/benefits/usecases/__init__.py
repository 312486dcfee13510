"""One function for each thing that can happen in benefits."""
