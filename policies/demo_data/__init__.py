"""The demo organisation's data: fictitious, generated, and the same every time.

The one part of this package that is no policy: it writes databases for the demo and the tests.
"""

from __future__ import annotations

from .generate import Counts, create
from .servers import create_on
from .tricky import CASES, REFERENCE_DATE, Case, Expected, HoldToPlace

__all__ = ["CASES", "REFERENCE_DATE", "Case", "Counts", "Expected", "HoldToPlace", "create", "create_on"]
