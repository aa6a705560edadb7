"""Models of buying until one stops: from how often and how lately somebody bought to what comes next."""
