from __future__ import annotations

import pytest

from training.soak.__main__ import soak


@pytest.mark.slow
def test_killed_at_random_it_ends_as_if_nobody_had(tmp_path):
    found = soak(tmp_path / "soak", files=150, kills=3, seed=1, workers=2, timeout=60.0)

    assert found.kills == 3
    assert found.rows == found.files >= 150
    assert found.differing == ()
    assert found.outside == ()
    assert found.statuses["failed"] >= 5
    assert found.statuses["clean"] >= 50
