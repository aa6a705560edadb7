"""Meta: posts on Facebook and Instagram."""
