"""The command line: asks, prints, explains. It computes nothing."""
