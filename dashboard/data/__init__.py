"""What pages are about: read models of the store, asked once for all readers who look at the same, and told when they move."""
