"""A trail that nobody protects any more."""

import pytest
from flask import Flask

from tests.integration.audit.tampering import last, unprotect, write


@pytest.fixture
def entries(app: Flask) -> int:
    """The number of entries of a trail that nobody protects any more; the last ten are `write`'s."""
    write(10)
    unprotect()
    return last()
