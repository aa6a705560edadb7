"""Taking a person out of the lake for good, and keeping them out."""
