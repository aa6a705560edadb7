"""What goes out: mail over the server that stamm.toml names, and nothing else anywhere."""
