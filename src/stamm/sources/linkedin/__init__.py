"""LinkedIn: posts of an organisation's page."""
