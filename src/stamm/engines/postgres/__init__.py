"""PostgreSQL as an engine; imported only where it was chosen, since psycopg is not always installed."""
