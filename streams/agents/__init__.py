"""The stream processors: admit and tally on Faust, and the recount that checks them."""
