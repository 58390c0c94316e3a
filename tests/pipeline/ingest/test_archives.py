"""What lies in archives, and what archives must not be able to do."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import GoujiError
from pipeline.ingest.sources import find_files
from pipeline.reading import read_report
from tests.pipeline.ingest.archive_files import (
    NOISE,
    assert_handed_over,
    found_in,
    inside,
    special,
    tarred,
    zipped,
)
from tests.pipeline.read.picture_files import page_image, saved

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


# All kinds


@pytest.mark.parametrize("name", ["x", "x.zip", "报告.html"])
@pytest.mark.parametrize("mode", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
def test_every_kind_is_told_by_its_content(tmp_path: Path, mode: str, name: str) -> None:
    files = [("年报/甲.html", b"1"), ("年报/乙.html", b""), ("丙", NOISE)]
    (tmp_path / name).write_bytes(zipped(*files) if mode == "zip" else tarred(*files, mode=mode))
    found = found_in(tmp_path, name)
    assert [one.name for one in found] == [f"{tmp_path}/{name}!{inner}" for inner, _ in files]
    assert [one.file_name for one in found] == ["甲.html", "乙.html", "丙"]
    assert [one.sha256 for one in found] == [hashlib.sha256(content).hexdigest() for _, content in files]
    assert [one.size for one in found] == [1, 0, len(NOISE)]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_that_is_no_tar(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    ending = {gzip.compress: "gz", bz2.compress: "bz2", lzma.compress: "xz"}[pack]  # type: ignore[index]
    assert inside(tmp_path, pack(b"<p>x"), f"a.html.{ending}") == {"a.html": "ok"}
    assert inside(tmp_path, pack(b"<p>x"), "saved.html") == {"saved.html": "ok"}
    assert inside(tmp_path, pack(b"<p>x") + pack(b"y"), "two.html") == {"two.html": "ok"}


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_format_of_tar(tmp_path: Path, format: int) -> None:
    long = "长" * 20 + "/" + "名" * 25 + ".html"
    assert inside(tmp_path, tarred((long, b"1"), ("b.html", b"2"), format=format)) == {long: "ok", "b.html": "ok"}


def test_archives_in_archives_to_a_depth_of_two(tmp_path: Path) -> None:
    three = zipped(("d.html", b"4"))
    two = tarred(("c.html", b"3"), ("three.zip", three), mode="w:gz")
    one = zipped(("b.html", b"2"), ("two.tgz", two))
    data = tarred(("a.html", b"1"), ("one.zip", one), ("one.html.gz", gzip.compress(b"5")))
    assert inside(tmp_path, data) == {
        "a.html": "ok", "one.zip!b.html": "ok", "one.zip!two.tgz!c.html": "ok", "one.zip!two.tgz!three.zip": "E104",
        "one.html.gz!one.html": "ok",
    }  # fmt: skip


def test_documents_that_are_zips_are_no_archives(tmp_path: Path) -> None:
    docx, xlsx = (next(EXAMPLES.glob(f"*.{ending}")).read_bytes() for ending in ("docx", "xlsx"))
    odt = zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>"))
    for data in (docx, xlsx, odt, zipped(("OFD.xml", b"")), zipped(("word\\document.xml", b""))):
        for name in ("a.docx", "a", "a.zip"):
            assert inside(tmp_path, data, name) == {name: "ok"}
            assert inside(tmp_path, zipped((name, data)), "z.zip") == {name: "ok"}
            assert inside(tmp_path, tarred((name, data)), "z.tar") == {name: "ok"}
    # One that is cut off is a damaged document, and that is for its reader to tell.
    assert inside(tmp_path, docx[:5000], "a.docx") == {"a.docx": "ok"}


def test_what_is_plainly_no_report_is_left_out_of_archives_too(tmp_path: Path) -> None:
    names = ("__MACOSX/._a.html", ".git/config", "a.css", "Thumbs.db", ".a.html", "a.html")
    files = [(name, b"x") for name in names]
    for data in (zipped(*files), tarred(*files)):
        assert inside(tmp_path, data) == dict.fromkeys(names[:-1], "E118") | {"a.html": "ok"}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_pictures_of_a_saved_page_in_an_archive(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    # The page may come after its pictures.
    files = ("d/页_files/1.png", "d/other_files/1.png", "页_files/2.png", "d/页.html", "d/页_files/3.png")
    expected = {"d/页.html": "ok", "d/页_files/1.png": "E118", "d/页_files/3.png": "E118"}
    expected |= {"d/other_files/1.png": "ok", "页_files/2.png": "ok"}
    assert inside(tmp_path, pack(*((name, b"x") for name in files))) == expected


# Names


def test_names_in_gbk(tmp_path: Path) -> None:
    names = ("年报/二〇二二年.html", "一.html", "联通.html", "表/單位/誠.html", "ascii.html")
    data = zipped(*((name.encode("gbk"), name.encode()) for name in names))
    assert inside(tmp_path, data) == dict.fromkeys(names, "ok")
    # What macOS packs is UTF-8 without saying so.
    data = zipped(*((name.encode("utf-8"), name.encode()) for name in names))
    assert inside(tmp_path, data) == dict.fromkeys(names, "ok")


def test_names_in_gbk_in_a_tar(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="gbk") as archive:
        for name in ("年报.html", "一.html", "年" * 80 + ".html"):
            archive.addfile(tarfile.TarInfo(name))
    assert list(inside(tmp_path, buffer.getvalue())) == ["年报.html", "一.html", "年" * 80 + ".html"]


HOSTILE = {
    "/etc/passwd": "etc/passwd", "../../../x.html": "x.html", "a/../../x2.html": "a/x2.html",
    "C:\\w\\y.html": "w/y.html",
    "\\\\server\\share\\z.html": "server/share/z.html", "a\nb\x1b[2J.html": r"a\x0ab\x1b[2J.html", "..": "无名",
    "c:": "无名#2", "same.html": "same.html", "./same.html": "same.html#2", "//same.html": "same.html#3",
}  # fmt: skip


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_elsewhere_are_only_names(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    data = pack(*((name, name.encode()) for name in HOSTILE))
    assert inside(tmp_path, data) == dict.fromkeys(HOSTILE.values(), "ok")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["spool", "x"]


def test_very_long_names_are_cut_and_stay_apart(tmp_path: Path) -> None:
    long = "名" * 5000
    found = inside(tmp_path, tarred((long + "a.html", b"1"), (long + "b.html", b"2"), (long + "a.html", b"3")))
    assert list(found.values()) == ["ok"] * 3
    assert [name.partition("…")[2].lstrip("名") for name in found] == ["a.html", "b.html", "a.html#2"]
    assert max(map(len, found)) < 510


def test_a_name_with_nul(tmp_path: Path) -> None:
    assert inside(tmp_path, zipped((b"a.html\0.exe", b"1"))) == {"a.html": "ok"}


PARTS = st.sampled_from(["..", ".", "", "/", "\\", "C:", "a", "b.html", "报告", "\n", "~", "x" * 300, "\u202e"])
NAMES = st.one_of(
    st.lists(PARTS, min_size=1, max_size=6).map("/".join), st.text(max_size=40), st.text("./\\:ab", max_size=20)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=4), st.sampled_from(["zip", "tar", "gbk"]))
def test_nothing_is_written_outside_the_spool(names: list[str], kind: str) -> None:
    files = [(name, f"content of {number}".encode()) for number, name in enumerate(names)]
    if kind == "gbk":
        raw = [(name.encode("gb18030", "replace").replace(b"\0", b"")[:200], content) for name, content in files]
        data = zipped(*((name, content) for name, content in raw if len(name) > 9))
    else:
        encodable = [(name.encode("utf-8", "replace").decode() or "?", content) for name, content in files]
        data = zipped(*encodable) if kind == "zip" else tarred(*encodable)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "here").mkdir()
        (folder / "here/archive").write_bytes(data)
        spool = folder / "here/work/spool"
        seen: set[str] = set()
        for found in find_files([f"{folder}/here/archive"], spool, folder / "here/out"):
            assert_handed_over(found, spool)
            assert found.name not in seen
            seen.add(found.name)
            everything = {path for path in folder.rglob("*") if path.is_file()}
            assert everything <= {folder / "here/archive", found.path}
            if found.sha256:
                assert hashlib.sha256(found.path.read_bytes()).hexdigest() == found.sha256
            found.release()
        assert list(spool.iterdir()) == []


# What is no file


def test_links_and_devices_in_a_tar(tmp_path: Path) -> None:
    data = tarred(
        ("a.html", b"1"), special("hard.html", tarfile.LNKTYPE, "a.html"),
        special("sym.html", tarfile.SYMTYPE, "/etc/passwd"), special("null", tarfile.CHRTYPE),
        special("disk", tarfile.BLKTYPE), special("pipe", tarfile.FIFOTYPE),
        special("folder", tarfile.DIRTYPE), ("b.html", b"2"),
    )  # fmt: skip
    assert inside(tmp_path, data) == {
        "a.html": "ok", "hard.html": "E118", "sym.html": "E118", "null": "E101", "disk": "E101", "pipe": "E101",
        "b.html": "ok",
    }  # fmt: skip


def test_links_and_devices_in_a_zip(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, mode in (("link", stat.S_IFLNK), ("null", stat.S_IFCHR), ("file", stat.S_IFREG)):
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, (mode | 0o777) << 16
            archive.writestr(entry, b"/etc/passwd")
    assert inside(tmp_path, buffer.getvalue()) == {"link": "E118", "null": "E101", "file": "ok"}


def test_an_archive_of_nothing(tmp_path: Path) -> None:
    for data in (zipped(), zipped(("folder/", b"")), tarred(special("folder", tarfile.DIRTYPE))):
        assert inside(tmp_path, data) == {"x": "E104"}


# Copies


def test_the_spool_holds_no_more_than_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tarred(*((f"{number % 40}.html", b"%d" % (number % 40)) for number in range(200))))
    spool = tmp_path / "spool"
    held = []
    for found in find_files([f"{tmp_path}/x.tar"], spool, tmp_path / "out"):
        held.append(found)
        if len(held) > 3:
            held.pop(0).release()
        # Each copy its own, so that releasing one leaves the same content under another name alone.
        assert len({one.path for one in held}) == len(list(spool.iterdir())) == len(held)
        assert all(hashlib.sha256(one.path.read_bytes()).hexdigest() == one.sha256 for one in held)
    held[0].release()
    held[0].release()


def test_a_copy_that_cannot_be_written_ends_the_work(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tarred(("a.html", b"1"), ("b.html", b"2")))
    finding = find_files([f"{tmp_path}/x.tar"], tmp_path / "spool", tmp_path / "out")
    next(finding).release()
    shutil.rmtree(tmp_path / "spool")
    with pytest.raises(GoujiError, match="E304"):
        next(finding)
    (tmp_path / "spool").write_bytes(b"a file")
    with pytest.raises(GoujiError, match="E304"):
        next(find_files([f"{tmp_path}/x.tar"], tmp_path / "spool", tmp_path / "out"))


def test_a_report_out_of_an_archive_is_read_as_one_outside(tmp_path: Path) -> None:
    names = ["html_clean.html", "csv_form.csv", "row_cut.md", "digits_glued.txt"]
    (tmp_path / "x.zip").write_bytes(zipped(*((name, (EXAMPLES / name).read_bytes()) for name in names)))
    for found in find_files([f"{tmp_path}/x.zip"], tmp_path / "spool", tmp_path / "out"):
        assert read_report(found.path, name=found.file_name) == read_report(EXAMPLES / found.file_name)
        found.release()


def test_a_page_out_of_an_archive_sees_no_other_copy(tmp_path: Path) -> None:
    picture = saved(page_image(1))
    page = f'<img src="{hashlib.sha256(picture).hexdigest()}">'.encode()
    (tmp_path / "x.tar").write_bytes(tarred(("picture.png", picture), ("page.html", page)))
    found = list(find_files([f"{tmp_path}/x.tar"], tmp_path / "spool", tmp_path / "out"))
    with pytest.raises(GoujiError, match="E112"):
        read_report(found[1].path, name=found[1].file_name)
