"""What a server is told, and what it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotations.server.folder import Account
from annotations.server.settings import first_settings, settings

ACCOUNT = Account("a@b.c", "the-password", "the-token")


def test_nothing_of_the_users_environment_changes_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = settings(tmp_path, "127.0.0.1")
    for name in ("DEBUG", "CI", "HOST", "PORT", "DJANGO_DB", "PASSWORD", "LABEL_STUDIO_HOST", "LABEL_STUDIO_TOKEN"):
        monkeypatch.setenv(name, "true")
    for name in ("https_proxy", "HTTPS_PROXY", "LABEL_STUDIO_COLLECT_ANALYTICS"):
        monkeypatch.setenv(name, "http://proxy")
    assert settings(tmp_path, "127.0.0.1") == before


def test_only_the_making_of_the_database_knows_secrets(tmp_path: Path) -> None:
    first = first_settings(tmp_path, ACCOUNT)
    assert {"the-password", "the-token"} <= set(first.values())
    later = settings(tmp_path, "127.0.0.1")
    assert not {"the-password", "the-token"} & set(later.values())
    assert later.items() <= first.items()


def test_on_loopback_it_answers_to_no_other_name(tmp_path: Path) -> None:
    assert settings(tmp_path, "::1")["LABEL_STUDIO_ALLOWED_HOSTS"] == "127.0.0.1,localhost,[::1]"
    assert settings(tmp_path, "0.0.0.0")["LABEL_STUDIO_ALLOWED_HOSTS"] == "*"
