"""Person-minutes that one occurrence of a demand asks of one unit.

Pure but for reading one packaged file of coefficients. Flows in: a kind and the typed data of an event. Flows out: an Effort, or its arithmetic.
"""

from streams.effort.coefficients import Coefficient, CoefficientError, Coefficients, read_coefficients
from streams.effort.estimates import Estimator, ExplainedTerm, edition, estimate, explain

__all__ = [
    "Coefficient",
    "CoefficientError",
    "Coefficients",
    "Estimator",
    "ExplainedTerm",
    "edition",
    "estimate",
    "explain",
    "read_coefficients",
]
