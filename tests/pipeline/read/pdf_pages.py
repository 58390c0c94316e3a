"""PDF files for tests: a small writer of pages, and real engines that print HTML.

All coordinates are points from the top left of a page of `WIDTH` by `HEIGHT`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 400.0, 300.0
IMAGE = 800, 600
CHROMIUM = shutil.which("chromium")
SOFFICE = shutil.which("soffice")
_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


@dataclass(frozen=True)
class PdfPage:
    content: str
    """Content stream operators. The graphics state /Clear makes what follows transparent."""
    attributes: str = ""
    """More entries of the page's dictionary, such as `/Rotate 90`."""
    form: str | None = None
    """Content of a form XObject named /Fm, for `content` to draw; it may draw the image."""
    form_matrix: str = "1 0 0 1 0 0"
    image: bool = False
    """Whether the resources hold a grey image named /Im of `IMAGE` pixels, dark at the top, light at the bottom."""
    mask: bool = False
    """Whether that image can be seen through everywhere."""


def text(x: float, y: float, words: str, size: float = 10.0) -> str:
    """Words in Helvetica with their base line at y."""
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {HEIGHT - y} Tm ({words}) Tj ET\n"


def vertical_text(x: float, y: float, words: str, size: float = 10.0) -> str:
    """Chinese words in a font for vertical writing, from y downward, centred on x.

    As some producers do, the font size is huge and the text matrix scales it down.
    """
    return f"BT /F2 {size * 20} Tf 0.05 0 0 0.05 {x} {HEIGHT - y} Tm <{words.encode('utf-16-be').hex()}> Tj ET\n"


def chinese_text(x: float, y: float, words: str, size: float = 10.0) -> str:
    """Chinese words with their base line at y."""
    return f"BT /F3 {size} Tf 1 0 0 1 {x} {HEIGHT - y} Tm <{words.encode('utf-16-be').hex()}> Tj ET\n"


def stroke(x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> str:
    return f"{width} w {x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S\n"


def rectangle(x0: float, y0: float, x1: float, y1: float, paint: str = "S") -> str:
    return f"{x0} {HEIGHT - y1} {x1 - x0} {y1 - y0} re {paint}\n"


def bar(x0: float, y0: float, x1: float, y1: float, width: float = 0.75) -> str:
    """A straight rule as a thin filled rectangle."""
    half = width / 2
    return rectangle(min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half, "f")


def dashes(x0: float, y0: float, x1: float, y1: float) -> str:
    """A straight rule as strokes of 3 points with gaps of 2."""
    length = max(x1 - x0, y1 - y0)
    across = x1 > x0
    parts = []
    for step in range(0, int(length), 5):
        end = min(step + 3, length)
        parts.append(stroke(x0 + step, y0, x0 + end, y0) if across else stroke(x0, y0 + step, x0, y0 + end))
    return "".join(parts)


def double(x0: float, y0: float, x1: float, y1: float) -> str:
    """Two strokes 1.5 points apart."""
    shift = (0.0, 1.5) if x1 > x0 else (1.5, 0.0)
    second = stroke(x0 + shift[0], y0 + shift[1], x1 + shift[0], y1 + shift[1])
    return stroke(x0, y0, x1, y1) + second


def ruled(xs: Sequence[float], ys: Sequence[float], draw: Callable[[float, float, float, float], str] = stroke) -> str:
    """All rules of a table without merged cells."""
    across = [draw(xs[0], y, xs[-1], y) for y in ys]
    down = [draw(x, ys[0], x, ys[-1]) for x in xs]
    return "".join(across + down)


def numbers(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[str]]) -> str:
    """Words at the left of every cell of a table without merged cells."""
    return "".join(
        text(x + 4, bottom - 4, word)
        for bottom, row in zip(ys[1:], rows, strict=True)
        for x, word in zip(xs, row, strict=False)
        if word
    )


def pdf_of(*pages: PdfPage | str, user_password: str | None = None, owner_password: str | None = None) -> bytes:
    """A PDF file; with a password (also an empty user password) it is encrypted with RC4."""
    made = [PdfPage(page) if isinstance(page, str) else page for page in pages]
    cipher = None
    if user_password is not None:
        cipher = _Cipher(user_password, owner_password or user_password)
    bodies: dict[int, bytes] = {}
    n = len(made)
    kids = " ".join(f"{10 + 10 * index} 0 R" for index in range(n))
    bodies[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
    bodies[2] = f"<< /Type /Pages /Kids [{kids}] /Count {n} >>".encode()
    bodies[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    for number, direction in ((4, "V"), (5, "H")):
        bodies[number] = (
            f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-{direction} "
            "/DescendantFonts [6 0 R] >>"
        ).encode()
    bodies[6] = (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
    )
    bodies[7] = (
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    for index, page in enumerate(made):
        number = 10 + 10 * index
        resources = "/Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> /ExtGState << /Clear << /ca 0 >> >>"
        objects = ""
        if page.form is not None:
            objects += f" /Fm {number + 2} 0 R"
            entries = (
                f"/Type /XObject /Subtype /Form /BBox [0 0 {WIDTH} {HEIGHT}] /Matrix [{page.form_matrix}] "
                f"/Resources << {resources} /XObject << /Im {number + 3} 0 R >> >>"
            )
            bodies[number + 2] = _stream(number + 2, entries, page.form.encode(), cipher)
        if page.image:
            objects += f" /Im {number + 3} 0 R"
            columns, rows = IMAGE
            kind = "/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
            entries = f"{kind} /Width {columns} /Height {rows}"
            if page.mask:
                clear = zlib.compress(bytes(64))
                bodies[number + 4] = _stream(number + 4, f"{kind} /Width 8 /Height 8", clear, cipher)
                entries += f" /SMask {number + 4} 0 R"
            grey = b"".join(bytes([255 * row // rows]) * columns for row in range(rows))
            bodies[number + 3] = _stream(number + 3, entries, zlib.compress(grey), cipher)
        bodies[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {number + 1} 0 R "
            f"/Resources << {resources} /XObject <<{objects} >> >> {page.attributes} >>"
        ).encode()
        bodies[number + 1] = _stream(number + 1, "", page.content.encode("latin-1"), cipher)
    return _file(bodies, cipher)


def _stream(number: int, entries: str, data: bytes, cipher: _Cipher | None) -> bytes:
    if cipher is not None:
        data = cipher.encrypt(number, data)
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(bodies: dict[int, bytes], cipher: _Cipher | None) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets: dict[int, int] = {}
    for number in sorted(bodies):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n".encode() + bodies[number] + b"\nendobj\n"
    size = max(bodies) + 1
    table = len(out)
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        out += f"{offsets[number]:010d} 00000 n \n".encode() if number in offsets else b"0000000000 00000 f \n"
    encrypt = "" if cipher is None else cipher.trailer()
    out += f"trailer\n<< /Size {size} /Root 1 0 R {encrypt} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


class _Cipher:
    """The standard security handler, revision 2: RC4 with keys of 40 bits."""

    identity = b"0123456789abcdef"
    permissions = -4

    def __init__(self, user: str, owner: str) -> None:
        user_key = (user.encode() + _PAD)[:32]
        owner_key = (owner.encode() + _PAD)[:32]
        self.owner_entry = _rc4(hashlib.md5(owner_key).digest()[:5], user_key)
        limits = self.permissions.to_bytes(4, "little", signed=True)
        self.key = hashlib.md5(user_key + self.owner_entry + limits + self.identity).digest()[:5]
        self.user_entry = _rc4(self.key, _PAD)

    def encrypt(self, number: int, data: bytes) -> bytes:
        key = hashlib.md5(self.key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]
        return _rc4(key, data)

    def trailer(self) -> str:
        identity = self.identity.hex()
        return (
            f"/ID [<{identity}> <{identity}>] /Encrypt << /Filter /Standard /V 1 /R 2 /P {self.permissions} "
            f"/O <{self.owner_entry.hex()}> /U <{self.user_entry.hex()}> >>"
        )


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def printed_by_chromium(html: str, folder: Path) -> bytes:
    """The HTML as a headless Chromium prints it."""
    assert CHROMIUM is not None
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(html, encoding="utf-8")
    subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}", source.as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return target.read_bytes()


def printed_by_libreoffice(html: str, folder: Path) -> bytes:
    """The HTML as LibreOffice Writer exports it."""
    assert SOFFICE is not None
    source = folder / "page.html"
    source.write_text(html, encoding="utf-8")
    subprocess.run(
        [
            SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--infilter=HTML (StarWriter)", "--convert-to", "pdf:writer_pdf_Export",
            "--outdir", str(folder), str(source),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "page.pdf").read_bytes()
