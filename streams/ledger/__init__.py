"""The ledger: what every unit bears at an instant, from postings. Pure: no I/O, no clock."""
