"""One demo state for all tests that only look at it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import Databases
from tests.integration.demo.loading import TODAY, loaded


@pytest.fixture(scope="package")
def demo(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with loaded(databases, tmp_path_factory.mktemp("demo"), TODAY) as app:
        yield app
