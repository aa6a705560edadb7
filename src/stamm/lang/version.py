"""The version of Stamm."""

__version__ = "0.1.0.dev0"
