"""What is plainly no report by its name: parts of web pages, leavings of operating systems, sounds and films.

Such a file is listed with E118 and never opened. Whatever else is no report is found out by reading it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import E118, GoujiError

_ENDINGS = {
    **dict.fromkeys(("css", "less", "scss", "js", "mjs", "map"), "网页的样式或脚本"),
    **dict.fromkeys(("ico", "cur"), "图标"),
    **dict.fromkeys(("woff", "woff2", "ttf", "otf", "ttc", "eot"), "字体"),
    **dict.fromkeys(
        ("mp3", "m4a", "wav", "wma", "ogg", "mp4", "avi", "mov", "wmv", "flv", "mkv", "swf"), "音频、视频或动画"
    ),
}
_OF_SYSTEMS = {".ds_store": "macOS 的附属文件", "thumbs.db": "Windows 的附属文件", "desktop.ini": "Windows 的附属文件"}
_FOLDERS = {
    "__macosx": "macOS 的附属文件", "$recycle.bin": "回收站里的文件", "system volume information": "Windows 的附属文件",
}  # fmt: skip
_OF_PAGES = (
    "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp", "svg", "tif", "tiff", "avif", "xml", "thmx", "mso",
    "emz", "wmz", "emf", "wmf", "htc",
)  # fmt: skip
"""In the folder that a browser or word processor saved beside a page; more than `_ENDINGS`."""
PAGES = ("html", "htm", "shtml", "xhtml", "mht", "mhtml")
_SAVED = ("_files", ".files")
"""What browsers, Word and WPS add to the name of a page for the folder of what belongs to it."""
_DOWNLOADED = ("下载", "download")
"""What Chrome adds to the name of a script that it saves with a page."""


def why_left_out(name: str) -> str:
    """What a file is by its base name alone, in words; empty where it has to be looked at."""
    lower = name.lower()
    if lower in _OF_SYSTEMS:
        return _OF_SYSTEMS[lower]
    if lower.startswith("._"):
        return "macOS 的附属文件"
    if lower.startswith(("~$", ".~lock.")):
        return "办公软件的临时文件"
    stem, ending = _split(lower)
    if ending in _DOWNLOADED:
        ending = _split(stem)[1]
    return _ENDINGS.get(ending, "")


def why_folder_left_out(name: str) -> str:
    """Likewise for a folder, and with it all that lies in it."""
    return _FOLDERS.get(name.lower(), "")


def why_hidden(name: str) -> str:
    """Whether the file is hidden, for files that nobody has named."""
    return "隐藏文件" if name.startswith(".") else ""


def why_of_page(name: str) -> str:
    """Whether a file in the folder beside a saved page is a part of the page. Frames and documents may be reports."""
    return "网页附带的图片等文件" if _split(name.lower())[1] in _OF_PAGES else ""


def page_of_folder(name: str) -> str | None:
    """The name, without ending, that a page must have for this folder to belong to it."""
    return next((name.removesuffix(added) for added in _SAVED if name.endswith(added) and name != added), None)


def page_stem(name: str) -> str | None:
    """The name of a web page without its ending; None for any other file."""
    stem, ending = _split(name)
    return stem if ending.lower() in PAGES else None


def why_member_left_out(parts: Sequence[str]) -> str:
    """Likewise for a member of an archive, from its folders and its base name."""
    *folders, name = parts
    reasons = [why_left_out(name), why_hidden(name), *(why_folder_left_out(folder) for folder in folders)]
    return next(filter(None, reasons), "") or next(("隐藏文件夹里的文件" for f in folders if f.startswith(".")), "")


def pages_wanted(parts: Sequence[str]) -> list[str]:
    """The pages, with their folders and without ending, to one of which a member belongs if that page is there."""
    *folders, name = parts
    if not why_of_page(name):
        return []
    pages = [(folders[:depth], page_of_folder(folder)) for depth, folder in enumerate(folders)]
    return ["/".join([*above, page]) for above, page in pages if page is not None]


def left_out(reason: str) -> GoujiError:
    return GoujiError(E118, reason=reason)


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, ending) if dot else (name, "")
