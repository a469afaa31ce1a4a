"""The sample diagnoses as fixtures, ready for the writers."""

from __future__ import annotations

import pytest

from analyzer.report import Redacted, document

from . import sample


@pytest.fixture
def confirmed() -> Redacted:
    return document(sample.confirmed())


@pytest.fixture
def undetermined() -> Redacted:
    return document(sample.undetermined())


@pytest.fixture
def hostile() -> Redacted:
    return document(sample.hostile())
