"""The frame of a page that needs no network and no other file: its style and script inside, and a policy that allows
no others.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources


@cache
def asset(package: str, name: str) -> str:
    """A style sheet or a script that lies beside the code of a package."""
    return (resources.files(package) / name).read_text(encoding="utf-8")


def whole_page(title: str, style: str, script: str, body: Iterable[str], *, pictures: bool = False) -> str:
    """The page as text, to be stored as UTF-8.

    Args:
        title: as text; everything else is markup.
        body: pieces of markup, a line each; empty ones are left out.
        pictures: whether it holds pictures as data; no others are ever allowed.
    """
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
    policy += f"{'img-src data:; ' if pictures else ''}base-uri 'none'; form-action 'none'"
    pieces = [
        "<!DOCTYPE html>",
        '<html lang="zh-CN">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        *body,
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(piece for piece in pieces if piece) + "\n"


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
