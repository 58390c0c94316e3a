"""Pages printed into PDFs by the browser, in fonts that know the marks of numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from training.synth.engines import print_html

PAPER = "@page { size: A4; margin: 20mm 15mm } table { border-collapse: collapse; width: 100%; font-size: 9pt }"
RULED = "td { border: 1px solid #000; padding: 2pt }"
BARE = "td { padding: 2pt; border: 0 !important }"


def printed(
    pages: Sequence[bytes], style: str, fonts: Callable[[Path], Sequence[Path]], families: str
) -> list[bytes]:
    """A PDF of each page of HTML.

    Args:
        style: CSS beside that of the paper.
        fonts: writes fonts into a folder; each is a family named as its file.
        families: of the page's text, as CSS lists them.

    Raises:
        EngineMissing: no browser.
        subprocess.SubprocessError: it failed.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        faces = "".join(
            f"@font-face {{ font-family: {font.stem}; src: url({font.as_uri()}) }}\n" for font in fonts(folder)
        )
        css = f"<style>{faces}{PAPER}{style} body {{ font-family: {families} }}</style>"
        found = []
        for number, page in enumerate(pages):
            target = folder / f"{number}.pdf"
            print_html(page.decode().replace("</head>", f"{css}</head>"), target)
            found.append(target.read_bytes())
        return found
