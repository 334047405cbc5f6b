"""The recount: totals from the log, compared with ledger and store. Entry: ``burdenwatch recount``."""
