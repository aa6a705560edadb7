"""What the pages of funnel, lifecycle, paths, groups of customers and drivers show, in words and pictures."""
