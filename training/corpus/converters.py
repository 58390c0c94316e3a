"""Real converters: what they make of a report's page, as the text that circulates.

Each takes pages in HTML, marked and plain, and gives what it makes of both: by the same commands, or from one picture
where both look the same.
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
from typing import TypeAlias

from training.corpus.mark_font import write_fonts
from training.corpus.ocr_text import ocr_lines, ocr_rows
from training.corpus.printing import BARE, RULED, printed
from training.synth.engines import OFFICE, SECONDS, EngineMissing

Pairs: TypeAlias = "Sequence[tuple[bytes, bytes]]"
"""The same pages with marks on them and without."""
Flat: TypeAlias = Callable[[Sequence[bytes]], list[bytes]]
"""What makes something of each page by itself."""


@dataclass(frozen=True, slots=True)
class Converter:
    suffix: str
    """Of what comes out."""
    convert: Callable[[Pairs], list[tuple[bytes, bytes]]]
    """Pages of HTML, marked and plain, to what it makes of both.

    Raises:
        EngineMissing: the program is not installed.
        subprocess.SubprocessError: it failed.
    """
    prints: bool = False
    """Whether it goes over paper, where a mark more in a line moves what stands beside it."""


def _both(convert: Flat) -> Callable[[Pairs], list[tuple[bytes, bytes]]]:
    """What is done to all pages one after the other, done to pairs."""

    def convert_pairs(pairs: Pairs) -> list[tuple[bytes, bytes]]:
        made = convert([page for pair in pairs for page in pair])
        return list(zip(made[::2], made[1::2], strict=True))

    return convert_pairs


def _each(one: Callable[[bytes], bytes]) -> Flat:
    return lambda pages: [one(page) for page in pages]


def _pandoc(to: str, *options: str) -> Flat:
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


def _office(kind: str, to: str) -> Flat:
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


def _printed(style: str) -> Flat:
    return lambda pages: printed(pages, style, write_fonts, "marked, plain, 'Noto Serif CJK SC'")


def _pdftotext(style: str, *options: str) -> Flat:
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
    "pandoc_plain": Converter(".txt", _both(_pandoc("plain", "--columns=100"))),
    "pandoc_markdown": Converter(".md", _both(_pandoc("markdown", "--wrap=none"))),
    "pandoc_gfm": Converter(".md", _both(_pandoc("gfm", "--wrap=none"))),
    "pandoc_docx": Converter(".docx", _both(_pandoc("docx"))),
    "html2text": Converter(".md", _both(_each(_html2text(0)))),
    "html2text_wrapped": Converter(".txt", _both(_each(_html2text(78, ignore_emphasis=True, pad_tables=True)))),
    "markitdown": Converter(".md", _both(_each(_markitdown))),
    "office_text": Converter(".txt", _both(_office("writer", "txt:Text (encoded):UTF8"))),
    "office_docx": Converter(".docx", _both(_office("writer", "docx:MS Word 2007 XML"))),
    "pdf": Converter(".pdf", _both(_printed(RULED)), prints=True),
    "pdftotext": Converter(".txt", _both(_pdftotext(RULED)), prints=True),
    "pdftotext_layout": Converter(".txt", _both(_pdftotext(RULED, "-layout")), prints=True),
    "pdftotext_bare": Converter(".txt", _both(_pdftotext(BARE, "-layout")), prints=True),
    "ocr_lines": Converter(".txt", ocr_lines, prints=True),
    "ocr_rows": Converter(".txt", ocr_rows, prints=True),
}
"""Name to converter. Each takes what the HTML layouts make."""
