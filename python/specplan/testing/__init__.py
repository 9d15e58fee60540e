"""Tools for tests of planning scripts: generated caches, and a plain model of the answers.

- :mod:`specplan.testing.pages` writes package pages in the spellings of their years and
  reads them back in the plainest way.
- :mod:`specplan.testing.model` answers what a catalog answers, with dictionaries and
  loops and nothing of the compiled core: slow, short, and easily believed.
- :mod:`specplan.testing.verify` checks that a plan is the least rebuild of its wants, as
  independently: :func:`verify` accepts every plan and no other.
- :mod:`specplan.testing.verify_budget` checks what a limited budget completes.
- :mod:`specplan.testing.verify_schedule` checks the schedule of a plan in the same way.
- :mod:`specplan.testing.strategies` draws pages, trees of snapshots and questions for
  property-based tests. It alone needs Hypothesis.
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
