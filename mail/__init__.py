"""Letters: facts become a message, and a message is delivered."""
