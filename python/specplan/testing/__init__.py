"""Tools for tests of planning scripts: generated caches, and a plain model of the answers.

- :mod:`specplan.testing.pages` writes package pages in the spellings of several years and reads
  them back in the simplest way.
- :mod:`specplan.testing.model` answers the same questions as a catalog, with dictionaries and loops
  instead of the compiled core: slow, short, and easy to trust.
- :mod:`specplan.testing.verify` independently checks that a plan is the smallest rebuild of its
  wants: :func:`verify` accepts only correct plans.
- :mod:`specplan.testing.verify_budget` checks the roots that a limited budget completes.
- :mod:`specplan.testing.verify_schedule` checks the schedule of a plan in the same way.
- :mod:`specplan.testing.strategies` draws pages, trees of snapshots and questions for
  property-based tests. It is the only one that needs Hypothesis.
"""

from specplan.testing.model import Listing, Model, System
from specplan.testing.pages import Page, Spelling
from specplan.testing.verify import VerificationError, verify
from specplan.testing.verify_budget import verify_budget
from specplan.testing.verify_schedule import verify_schedule

__all__ = [
    "Listing",
    "Model",
    "Page",
    "Spelling",
    "System",
    "VerificationError",
    "verify",
    "verify_budget",
    "verify_schedule",
]
