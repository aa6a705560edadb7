"""Bringing data in from a browser: files are kept aside, looked at, taken in beside the pages, and taken back."""
