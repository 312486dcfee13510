"""Where payments meets banks: one protocol, one channel, and the files that travel."""
