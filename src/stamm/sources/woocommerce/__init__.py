"""WooCommerce: orders and customers, as its interface lists them and as its webhooks tell them."""
