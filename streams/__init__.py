"""Everything that works on the stream of demands: one process or many, each with the memory that it needs and no more."""

import os

# Arrow's own pool keeps what one large table took, for good: 37 MB in each process that reads the register of units.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
