"""Where rows and files are fetched from, again and again: tables of somebody's database, objects of a storage."""
