"""Metrics of what the organisation posts on social networks."""
