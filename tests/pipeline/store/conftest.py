from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.store.write import write_store
from tests.pipeline.store.made import links, make_out, timings


@pytest.fixture(scope="session")
def shared_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with its store; for tests that only look."""
    out = make_out(tmp_path_factory.mktemp("out"))
    write_store(out, timings(), 1, links())
    return out
