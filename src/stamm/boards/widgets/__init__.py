"""The kinds of widgets, a file each; nothing lists them."""
