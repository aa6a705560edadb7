"""The place where a team looks every morning: pages for people who sign in, over the answers and nothing else."""
