"""Google Analytics 4: events, as its daily export to BigQuery holds them."""
