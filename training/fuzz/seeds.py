"""The valid files that damage begins with, and which damage goes with which kind of file."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pipeline.errors import GoujiError
from pipeline.limits import default_limits
from pipeline.read.sniff import Found, sniff
from training.fuzz.damage import OF_BYTES, Damage
from training.fuzz.images import OF_IMAGES
from training.fuzz.markup import OF_MARKUP
from training.fuzz.packages import OF_PACKAGES
from training.fuzz.pdfs import OF_PDFS
from training.fuzz.texts import OF_TEXT

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LARGEST = 400_000
"""Bytes of a file to begin with; larger ones cost time and show nothing else."""
MOST_DAMAGES = 3
_MARKUP = (*OF_TEXT, *OF_MARKUP, *OF_MARKUP, *OF_BYTES)
DAMAGES: dict[Found, tuple[Damage, ...]] = {
    "text": (*OF_TEXT, *OF_BYTES),
    "csv": (*OF_TEXT, *OF_BYTES),
    "html": _MARKUP,
    "mhtml": _MARKUP,
    "rtf": (*OF_TEXT, *OF_BYTES),
    "wordml": _MARKUP,
    "sheetml": _MARKUP,
    "docx": OF_PACKAGES,
    "xlsx": OF_PACKAGES,
    "xlsb": OF_PACKAGES,
    "odt": OF_PACKAGES,
    "ods": OF_PACKAGES,
    "pdf": (*OF_PDFS, *OF_PDFS, *OF_BYTES),
    "image": (*OF_IMAGES, *OF_BYTES),
    "doc": OF_BYTES,
    "xls": OF_BYTES,
}
THROUGH_OFFICE: tuple[Found, ...] = ("doc", "rtf", "odt", "ods", "xls", "xlsb", "wordml", "sheetml")
"""Kinds that LibreOffice is started for, which takes seconds a file."""
_OFFICE_MAKES = (("docx", "odt"), ("docx", "doc"), ("xlsx", "ods"), ("xlsx", "xls"), ("docx", "pdf"))


@dataclass(frozen=True, slots=True)
class Seed:
    """A valid file."""

    name: str
    kind: Found
    data: bytes

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix


def find_seeds(folders: Sequence[Path] = (EXAMPLES,), office: bool = False) -> dict[Found, list[Seed]]:
    """The reports below the folders by kind, and what is made of them: a web page in one file, an image of a page.

    Args:
        office: also DOC, XLS, ODT, ODS and a PDF made by LibreOffice, and the kinds that are read through it.
    """
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    seeds = list(_found(path for path in files if path.suffix != ".json"))
    # Of each only the first: they are alike in what they are, and each costs a second to make.
    first = {seed.kind: seed for seed in reversed(seeds)}
    if "html" in first:
        seeds.append(Seed("page.mht", "mhtml", as_mhtml(first["html"].data)))
    if "pdf" in first:
        seeds += [Seed(f"page.{kind}", "image", data) for kind, data in page_images(first["pdf"].data)]
    if office:
        seeds += made_by_office([first[kind] for kind in ("docx", "xlsx") if kind in first])
    kept = [seed for seed in seeds if office or seed.kind not in THROUGH_OFFICE]
    return {kind: [seed for seed in kept if seed.kind == kind] for kind in sorted({seed.kind for seed in kept})}


def _found(paths: Iterable[Path]) -> Iterable[Seed]:
    for path in paths:
        data = path.read_bytes()
        if not 0 < len(data) <= LARGEST:
            continue
        try:
            yield Seed(path.name, sniff(data, path.suffix[1:].lower(), default_limits()), data)
        except GoujiError:
            continue


def as_mhtml(page: bytes) -> bytes:
    """The page as a browser saves it in one file."""
    return (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: http://a.invalid/'
        b"\r\n\r\n" + page + b"\r\n--b--\r\n"
    )


def page_images(pdf: bytes) -> list[tuple[str, bytes]]:
    """The upper part of the first page as PNG and JPEG: small, so that reading it takes a second or two."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=1.0).to_pil().convert("RGB")
    image = image.crop((0, 0, image.width, image.height // 3))
    made = []
    for ending, kind in (("png", "PNG"), ("jpg", "JPEG"), ("tif", "TIFF")):
        buffer = io.BytesIO()
        image.save(buffer, kind)
        made.append((ending, buffer.getvalue()))
    return made


def made_by_office(seeds: Sequence[Seed]) -> list[Seed]:
    """The seeds in other formats; none where there is no LibreOffice."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    made: list[Seed] = []
    if program is None:
        return made
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        work = Path(folder)
        for seed in seeds:
            source = work / f"report{seed.suffix}"
            source.write_bytes(seed.data)
            for kind in (to for origin, to in _OFFICE_MAKES if origin == seed.kind):
                command = [
                    program, f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--convert-to", kind,
                    "--outdir", str(work), str(source),
                ]  # fmt: skip
                subprocess.run(command, check=False, capture_output=True, timeout=120)
                path = work / f"report.{kind}"
                if path.is_file():
                    made += _found([path])
    return made


def damaged(rng: Random, seed: Seed, seeds: Sequence[Seed]) -> tuple[bytes, tuple[str, ...]]:
    """The file after one to three damages, and their names; parts are taken from the seeds of its kind."""
    others = [other.data for other in seeds]
    data, names = seed.data, []
    for _ in range(rng.choice((1, 1, 2, MOST_DAMAGES))):
        damage = rng.choice(DAMAGES[seed.kind])
        data = damage(rng, data, others)
        names.append(damage.__name__)
    return data, tuple(names)
