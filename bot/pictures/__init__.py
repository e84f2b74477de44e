"""Pictures: what the club sends to be looked at. Their words are handed in, in the member's language."""
