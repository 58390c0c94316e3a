"""What a file is, from its content; the name counts only where the content leaves it open."""

from __future__ import annotations

import io
import re
import struct
from typing import Literal

import olefile

from pipeline.errors import E104, E105, E106, E108, GoujiError
from pipeline.limits import Limits
from pipeline.read.charset import decode
from pipeline.read.mhtml import is_mhtml
from pipeline.read.package import Package, open_package

Found = Literal[
    "text", "html", "mhtml", "docx", "pdf", "xlsx", "xls", "csv", "image",
    "doc", "rtf", "odt", "ods", "xlsb", "wordml", "sheetml",
]  # fmt: skip

_HEAD = 65_536
_PDF_WITHIN = 1024

_IMAGES = (
    b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+",
    b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51",
)  # fmt: skip
_PHOTOS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypmsf1")
"""What phones save; the decoder of its video codec is no part of any image library that is free to use."""
_OTHERS = (
    (b"\x7fELF", "可执行文件"), (b"MZ", "可执行文件"), (b"\xcf\xfa\xed\xfe", "可执行文件"),
    (b"\xca\xfe\xba\xbe", "可执行文件"), (b"#!", "脚本"), (b"Rar!", "RAR 压缩包"), (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"), (b"BZh", "bzip2 压缩包"), (b"\xfd7zXZ", "xz 压缩包"),
    (b"SQLite format 3", "SQLite 数据库"), (b"PAR1", "Parquet 数据"), (b"ID3", "音频"), (b"OggS", "音频"),
    (b"\0\0\x01\0", "图标"), (b"\xd7\xcd\xc6\x9a", "WMF 图形"), (b"\x01\0\0\0\x58\0\0\0", "EMF 图形"),
    (b"8BPS", "Photoshop 图像"), (b"%!PS", "PostScript"), (b"AT&TFORM", "DjVu"), (b"ITSF", "CHM"), (b"CAJ", "CAJ"),
)  # fmt: skip
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")

_TAG = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|table|tbody|tr|td|div|p|span|br|meta|title|h[1-6]|font|center|style|ul|img)\b[^<>]*>?)",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_XML_ROOT = re.compile(r"<(?![?!])(?:([\w.-]+):)?([\w.-]+)([^>]*)")
_TEXT_ENDINGS = ("txt", "md", "markdown", "text")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd\ue000-\uf8ff]")
_ENCRYPTED_DOC = 0x0100
_WORD_MAGICS = (0xA5EC, 0xA5DC)


def sniff(data: bytes, ending: str, limits: Limits) -> Found:
    """The kind of a file that is not empty.

    Args:
        data: its content.
        ending: of its name, in lower case without the dot; a hint for text only.

    Raises:
        GoujiError: E104 for a kind that is not read, E105 for a damaged container, E106 for an encrypted one, E107 and
            E108 for a suspicious one.
    """
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    if data.startswith(b"PK"):
        return _sniff_zip(data, limits)
    if data.startswith(olefile.MAGIC):
        return _sniff_ole(data)
    if is_image(data):
        return "image"
    if data[4:12] in _PHOTOS:
        raise GoujiError(E104, found="HEIC 照片")
    for magic, what in _OTHERS:
        if data.startswith(magic) and (what != "脚本" or b"\n" in data[:256]):
            raise GoujiError(E104, found=what)
    if data.startswith(_OLD_BIFF):
        return "xls"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return "rtf"
    if is_mhtml(data):
        return "mhtml"
    return _sniff_text(data, ending)


def is_image(data: bytes) -> bool:
    """Whether the file is an image of pixels in a format that is read."""
    if data.startswith(_IMAGES) or data[4:12] in (b"ftypavif", b"ftypavis"):
        return True
    return (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or _is_bitmap(data)


def _is_bitmap(data: bytes) -> bool:
    return data[:2] == b"BM" and len(data) > 26 and struct.unpack_from("<I", data, 14)[0] in (12, 40, 108, 124)


def _sniff_zip(data: bytes, limits: Limits) -> Found:
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")):
        return _sniff_text(data, "")
    package = open_package(data, limits)
    if not package.names:
        raise GoujiError(E104, found="空的压缩包")
    if any(entry.flag_bits & 1 for entry in package.names.values()):
        raise GoujiError(E106)
    open_document = _open_document(package)
    if open_document is not None:
        return open_document
    names = set(package.names)
    if "xl/workbook.bin" in names:
        return "xlsb"
    for part, kind in (("word/", "docx"), ("xl/", "xlsx")):
        if any(name.startswith(part) for name in names):
            return "docx" if kind == "docx" else "xlsx"
    if "[Content_Types].xml" in names:
        raise GoujiError(E104, found="Office 文件，但不是文档或表格")
    if "OFD.xml" in names:
        raise GoujiError(E104, found="OFD 版式文件")
    raise GoujiError(E104, found="压缩包")


def _open_document(package: Package) -> Found | None:
    if "mimetype" not in package.names or "content.xml" not in package.names:
        return None
    kind = package.read("mimetype")[:100]
    if b"opendocument.text" in kind:
        return "odt"
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    raise GoujiError(E104, found="OpenDocument 文件，但不是文档或表格")


def _sniff_ole(data: bytes) -> Found:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {"/".join(path).lower() for path in container.listdir()}
            if {"encryptedpackage", "encryptioninfo"} & streams:
                raise GoujiError(E106)
            if "worddocument" in streams:
                with container.openstream("WordDocument") as stream:
                    head = stream.read(32)
                return _sniff_word(head)
    except GoujiError:
        raise
    except Exception as error:
        # The library has no error of its own for a damaged container: it fails wherever it happens to stumble.
        raise GoujiError(E105, reason=f"OLE 容器无法解析（{type(error).__name__}）") from None
    if {"workbook", "book"} & streams:
        return "xls"
    if "powerpoint document" in streams:
        raise GoujiError(E104, found="PowerPoint 演示文稿")
    if "contents" in streams or any("wps" in name for name in streams):
        return "doc"
    raise GoujiError(E104, found="OLE 文件，但不是文档或表格")


def _sniff_word(head: bytes) -> Found:
    if len(head) < 12:
        raise GoujiError(E105, reason="Word 文档缺少文件头")
    magic, flags = struct.unpack_from("<H8xH", head)
    if magic in _WORD_MAGICS and flags & _ENCRYPTED_DOC:
        raise GoujiError(E106)
    return "doc"


def _sniff_text(data: bytes, ending: str) -> Found:
    sample = data[:_HEAD]
    # Not in the middle of a character, and not two bytes into a UTF-16 one.
    text = decode(sample[: len(sample) // 4 * 4] if len(data) > _HEAD else sample).text
    strange = len(_CONTROL.findall(text))
    if strange > 0.05 * len(text) + 2 or (strange and strange >= 0.3 * len(text)):
        raise GoujiError(E104, found="二进制数据")
    if text.lstrip().startswith("<?xml") or text.lstrip().startswith("<?mso"):
        return _sniff_xml(text)
    if _WHOLE_PAGE.match(text):
        return "html"
    if ending in _TEXT_ENDINGS:
        return "text"
    if _TAG.search(text) and (text.lstrip().startswith("<") or len(_TAG.findall(text)) >= 3):
        return "html"
    return "csv" if ending in ("csv", "tsv") else "text"


def _sniff_xml(text: str) -> Found:
    if "<!ENTITY" in text:
        raise GoujiError(E108)
    root = _XML_ROOT.search(text)
    if root is None:
        raise GoujiError(E105, reason="XML 没有内容")
    name, attributes = root.group(2).lower(), root.group(3)
    if name == "html" or _TAG.match(root.group(0)):
        return "html"
    if name == "workbook" and "office:spreadsheet" in attributes:
        return "sheetml"
    if name in ("worddocument", "package") and ("word" in attributes or "xmlPackage" in attributes):
        return "wordml"
    if name == "svg":
        raise GoujiError(E104, found="SVG 图形")
    raise GoujiError(E104, found=f"XML（{name[:40]}）")
