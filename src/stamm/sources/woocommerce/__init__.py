"""WooCommerce: orders and customers, as its interface lists them, its webhooks tell them and its exports write them."""
