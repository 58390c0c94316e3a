"""A real browser for pages, and their markup taken apart."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def embedded(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="record">(.*?)</script>', page, re.DOTALL)
    return json.loads(found.group(1))


def browse(
    tmp_path: Path, page: str, script: str = "", hash_: str = "", size: tuple[int, int] = (1300, 900)
) -> Any:
    """What a real browser makes of the page: what `script` answers beside it, in a frame of the given size.

    The script sees the page's window as `page`, one and all elements of a query as `$(query)` and `all(query)`, and
    leaves its answer with `answer(value)`.
    """
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    harness = f"""<!DOCTYPE html><meta charset="utf-8"><pre id="answer">null</pre>
<iframe id="frame" style="width:{size[0]}px;height:{size[1]}px;border:0" src="page.html{hash_}"></iframe><script>
const answer = (value) => {{ document.getElementById("answer").textContent = JSON.stringify(value); }};
document.getElementById("frame").addEventListener("load", (event) => {{
  const page = event.target.contentWindow, root = page.document.documentElement;
  const $ = (query) => page.document.querySelector(query), all = (query) => [...page.document.querySelectorAll(query)];
  const cell = (id) => page.document.getElementById(id), panel = () => $("#panel-body").textContent;
  const press = (key) => page.document.activeElement.dispatchEvent(
    new page.KeyboardEvent("keydown", {{ key, bubbles: true, cancelable: true }}));
  try {{ {script} }} catch (error) {{ answer(String(error)); }}
}});</script>"""
    (tmp_path / "harness.html").write_text(harness, encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={size[0] + 50},{size[1] + 100}",
        "--virtual-time-budget=3000", "--dump-dom", (tmp_path / "harness.html").as_uri(),
    ]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'<pre id="answer">(.*?)</pre>', dom, re.DOTALL).group(1)
    return json.loads(found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
