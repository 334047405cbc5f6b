"""What the pages beyond the situation show, one module each: a frozen value, and how it is read from the store within a Scope."""
