"""What the pages on predictions show, in words and pictures."""
