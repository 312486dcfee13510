"""One function for each thing that can happen to orders, runs and statements; the first parameter is the act."""
