"""Events whose names Segment published, a family a file."""
