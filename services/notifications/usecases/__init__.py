"""One function for each thing that can happen: something is owed, sent, received, printed, returned."""
