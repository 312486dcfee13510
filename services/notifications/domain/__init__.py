"""What a message is and how it may move: pure, no framework, no clock."""
