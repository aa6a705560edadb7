"""The pages, a module each; a new one needs no list, only its row in tests/web/routes.csv."""
