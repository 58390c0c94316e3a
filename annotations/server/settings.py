"""What a server is told, all of it by environment variables.

Label Studio reads each of its hundreds of settings under a bare name too (HOST, DEBUG, CI, PASSWORD …), so it gets none
of the user's variables but those that a program needs in order to run.
"""

from __future__ import annotations

import os
from pathlib import Path

from annotations.server.folder import Account, is_loopback

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYENV_ROOT", "PYENV_VERSION")
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is none: whatever would leave this machine ends there."""


def settings(database: Path, listen: str) -> dict[str, str]:
    """Everything that a server needs to run on a database that is there.

    Args:
        database: its folder.
        listen: the address that it will listen on.
    """
    told = {
        "BASE_DATA_DIR": str(database),
        "ENABLE_LEGACY_API_TOKEN": "true",
        "DISABLE_SIGNUP_WITHOUT_LINK": "true",
        # It tells nobody that it runs, and asks nobody for anything.
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "FEATURE_FLAGS_OFFLINE": "true",
        "CONVERTER_DOWNLOAD_RESOURCES": "false",
        # The model beside it lives on this machine, which it would otherwise refuse to call.
        "ML_BLOCK_LOCAL_IP": "false",
        "SSRF_PROTECTION_ENABLED": "false",
        # Pages of other sites, open in the same browser, must not use it.
        "CORS_ALLOW_ALL_ORIGINS": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]" if is_loopback(listen) else "*",
    }
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        **{f"LABEL_STUDIO_{name}": value for name, value in told.items()},
        **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOWHERE),
        "no_proxy": "127.0.0.1,localhost,::1",
        # It keeps a number that names this installation there.
        "XDG_CONFIG_HOME": str(database / "config"),
        # The log says at once what happened.
        "PYTHONUNBUFFERED": "1",
    }


def first_settings(database: Path, account: Account) -> dict[str, str]:
    """What makes the database with its first user; a server that runs is not told these."""
    return {
        **settings(database, "127.0.0.1"),
        "LABEL_STUDIO_USERNAME": account.user,
        "LABEL_STUDIO_PASSWORD": account.password,
        "LABEL_STUDIO_USER_TOKEN": account.token,
    }
