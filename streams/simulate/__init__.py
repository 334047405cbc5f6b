"""The simulated stream: what upstream agencies demand of townships and villages, calibrated, with the truth about the violations in it.

Pure: no clock, no environment, no broker; ``write`` alone touches the two files that it is given. The same seed gives the same bytes.
"""

from streams.simulate.feed import backfill, live
from streams.simulate.files import Simulated, Written, stream, write
from streams.simulate.sink import Label, Labelled

__all__ = ["Label", "Labelled", "Simulated", "Written", "backfill", "live", "stream", "write"]
