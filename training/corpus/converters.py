"""Real converters: what they make of a report's page, as the text that circulates.

Each takes pages in HTML and gives what it makes of them, by the same commands for the marked page and the plain one.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from training.corpus.mark_font import write_fonts
from training.synth.engines import OFFICE, SECONDS, EngineMissing, print_html

PAPER = "@page { size: A4; margin: 20mm 15mm } table { border-collapse: collapse; width: 100%; font-size: 9pt }"
RULED = "td { border: 1px solid #000; padding: 2pt }"
BARE = "td { padding: 2pt; border: 0 !important }"


@dataclass(frozen=True, slots=True)
class Converter:
    suffix: str
    """Of what comes out."""
    convert: Callable[[Sequence[bytes]], list[bytes]]
    """Pages of HTML to what it makes of them.

    Raises:
        EngineMissing: the program is not installed.
        subprocess.SubprocessError: it failed.
    """
    prints: bool = False
    """Whether it goes over paper, where a mark more in a line moves what stands beside it."""


def _each(one: Callable[[bytes], bytes]) -> Callable[[Sequence[bytes]], list[bytes]]:
    return lambda pages: [one(page) for page in pages]


def _pandoc(to: str, *options: str) -> Callable[[Sequence[bytes]], list[bytes]]:
    def convert(page: bytes) -> bytes:
        program = shutil.which("pandoc")
        if program is None:
            raise EngineMissing("pandoc is not installed")
        command = [program, "-f", "html", "-t", to, *options, "-o", "-"]
        return subprocess.run(command, input=page, check=True, capture_output=True, timeout=SECONDS).stdout

    def every(pages: Sequence[bytes]) -> list[bytes]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(convert, pages))

    return every


def _html2text(width: int, **settings: bool) -> Callable[[bytes], bytes]:
    def convert(page: bytes) -> bytes:
        import html2text

        made = html2text.HTML2Text(bodywidth=width)
        for name, value in settings.items():
            setattr(made, name, value)
        return made.handle(page.decode()).encode()

    return convert


def _markitdown(page: bytes) -> bytes:
    from markitdown import MarkItDown

    return MarkItDown().convert_stream(io.BytesIO(page), file_extension=".html").text_content.encode()


def _office(kind: str, to: str) -> Callable[[Sequence[bytes]], list[bytes]]:
    def convert(pages: Sequence[bytes]) -> list[bytes]:
        program = next(filter(None, map(shutil.which, OFFICE)), None)
        if program is None:
            raise EngineMissing("LibreOffice is not installed")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch)
            sources = [folder / f"{number:04d}.html" for number in range(len(pages))]
            for source, page in zip(sources, pages, strict=True):
                source.write_bytes(page)
            command = [
                program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
                *(("--writer",) if kind == "writer" else ()), "--convert-to", to, "--outdir", str(folder / "out"),
                *map(str, sources),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS * 4)
            suffix = to.split(":")[0]
            return [(folder / "out" / f"{source.stem}.{suffix}").read_bytes() for source in sources]

    return convert


def _printed(style: str) -> Callable[[Sequence[bytes]], list[bytes]]:
    """PDFs by the browser."""

    def convert(pages: Sequence[bytes]) -> list[bytes]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch)
            faces = "".join(
                f"@font-face {{ font-family: {font.stem}; src: url({font.as_uri()}) }}\n"
                for font in write_fonts(folder)
            )
            css = f"<style>{faces}{PAPER}{style} body {{ font-family: marked, plain, 'Noto Serif CJK SC' }}</style>"
            found = []
            for number, page in enumerate(pages):
                target = folder / f"{number}.pdf"
                print_html(page.decode().replace("</head>", f"{css}</head>"), target)
                found.append(target.read_bytes())
            return found

    return convert


def _pdftotext(style: str, *options: str) -> Callable[[Sequence[bytes]], list[bytes]]:
    def convert(pages: Sequence[bytes]) -> list[bytes]:
        program = shutil.which("pdftotext")
        if program is None:
            raise EngineMissing("pdftotext (poppler) is not installed")
        command = [program, *options, "-enc", "UTF-8", "-", "-"]
        return [
            subprocess.run(command, input=page, check=True, capture_output=True, timeout=SECONDS).stdout
            for page in _printed(style)(pages)
        ]

    return convert


CONVERTERS: Mapping[str, Converter] = {
    "pandoc_plain": Converter(".txt", _pandoc("plain", "--columns=100")),
    "pandoc_markdown": Converter(".md", _pandoc("markdown", "--wrap=none")),
    "pandoc_gfm": Converter(".md", _pandoc("gfm", "--wrap=none")),
    "pandoc_docx": Converter(".docx", _pandoc("docx")),
    "html2text": Converter(".md", _each(_html2text(0))),
    "html2text_wrapped": Converter(".txt", _each(_html2text(78, ignore_emphasis=True, pad_tables=True))),
    "markitdown": Converter(".md", _each(_markitdown)),
    "office_text": Converter(".txt", _office("writer", "txt:Text (encoded):UTF8")),
    "office_docx": Converter(".docx", _office("writer", "docx:MS Word 2007 XML")),
    "pdf": Converter(".pdf", _printed(RULED), prints=True),
    "pdftotext": Converter(".txt", _pdftotext(RULED), prints=True),
    "pdftotext_layout": Converter(".txt", _pdftotext(RULED, "-layout"), prints=True),
    "pdftotext_bare": Converter(".txt", _pdftotext(BARE, "-layout"), prints=True),
}
"""Name to converter. Each takes what the HTML layouts make."""
