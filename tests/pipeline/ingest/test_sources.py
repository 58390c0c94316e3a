"""From the arguments of `gouji ingest` to files: folders, patterns, lists."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pipeline.errors import GoujiError
from pipeline.ingest.sources import Found, check_unchanged, count_files, find_files
from pipeline.limits import default_limits
from tests.pipeline.ingest.archive_files import found_in, listed, tarred, zipped


def write(folder: Path, *names: str) -> None:
    """Files whose content is their own name."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def code_of(folder: Path, *paths: str) -> str:
    """The code that finding ends with, before the first file."""
    below = [path if path.startswith("@") else f"{folder}/{path}" for path in paths]
    with pytest.raises(GoujiError) as caught:
        find_files(below, folder / "spool", folder / "out")
    assert not (folder / "spool").exists()
    assert "\n" not in str(caught.value)
    return caught.value.kind.code


def names(folder: Path, *paths: str) -> list[str]:
    return list(listed(folder, found_in(folder, *paths)))


# Folders


def test_a_folder_gives_its_files_by_name_with_their_digests(tmp_path: Path) -> None:
    write(tmp_path, "d/b.html", "d/a/2.html", "d/a/1.html", "d/c.html")
    found = found_in(tmp_path, "d")
    assert list(listed(tmp_path, found)) == ["d/a/1.html", "d/a/2.html", "d/b.html", "d/c.html"]
    first = found[0]
    assert first == Found(
        f"{tmp_path}/d/a/1.html", "1.html", tmp_path / "d/a/1.html", hashlib.sha256(b"d/a/1.html").hexdigest(), 10
    )


def test_what_is_plainly_no_report_is_listed_and_not_opened(tmp_path: Path) -> None:
    left_out = (
        ".DS_Store", ".hidden.html", "Thumbs.db", "~$报告.docx", "a.css", "a.js", "a.js.下载", "b.ICO", "c.woff2",
        "__MACOSX/a.html", "._a.html",
    )  # fmt: skip
    write(tmp_path, *(f"d/{name}" for name in (*left_out, "a.html", "a.gold.json", ".git/config")))
    expected = {f"d/{name}": "E118" for name in (*left_out, ".git/")} | {"d/a.html": "ok", "d/a.gold.json": "ok"}
    found = found_in(tmp_path, "d")
    assert listed(tmp_path, found) == expected
    assert {one.left_out for one in found if one.code} == {True}
    assert next(one.size for one in found if one.file_name == "a.css") == len("d/a.css")


def test_what_is_named_is_read_though_hidden(tmp_path: Path) -> None:
    write(tmp_path, ".a.html", ".b/c.html")
    assert listed(tmp_path, found_in(tmp_path, ".a.html", ".b")) == {".a.html": "ok", ".b/c.html": "ok"}


def test_pictures_of_a_saved_page_are_no_reports(tmp_path: Path) -> None:
    write(tmp_path, "d/页.html", "d/页_files/1.png", "d/页_files/deep/2.JPG", "d/页_files/frame.html")
    write(tmp_path, "d/页_files/x.pdf", "d/w.htm", "d/w.files/1.gif", "d/scan_files/1.png")
    expected = {
        "d/页.html": "ok", "d/页_files/1.png": "E118", "d/页_files/deep/2.JPG": "E118", "d/页_files/frame.html": "ok",
        "d/页_files/x.pdf": "ok", "d/w.htm": "ok", "d/w.files/1.gif": "E118", "d/scan_files/1.png": "ok",
    }  # fmt: skip
    assert listed(tmp_path, found_in(tmp_path, "d")) == expected
    # A pattern finds what a folder holds; who names a picture means it.
    expected = {"d/scan_files/1.png": "ok", "d/页_files/1.png": "E118"}
    assert listed(tmp_path, found_in(tmp_path, "d/**/*.png")) == expected
    assert listed(tmp_path, found_in(tmp_path, "d/页_files/1.png")) == {"d/页_files/1.png": "ok"}


def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    write(tmp_path, "d/a/x.html", "elsewhere/y.html")
    (tmp_path / "d/file.html").symlink_to(tmp_path / "elsewhere/y.html")
    (tmp_path / "d/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "d/a/up").symlink_to("..")
    (tmp_path / "d/itself").symlink_to("itself")
    (tmp_path / "d/lost.html").symlink_to("nowhere")
    found = found_in(tmp_path, "d")
    assert listed(tmp_path, found) == {
        "d/a/up": "E118", "d/a/x.html": "ok", "d/file.html": "ok", "d/folder": "E118", "d/itself": "E101",
        "d/lost.html": "E101",
    }  # fmt: skip
    assert found[2].sha256 == hashlib.sha256(b"elsewhere/y.html").hexdigest()
    # `**` goes no round either, and a link that is named is what it leads to.
    assert names(tmp_path, "d/**/*.html") == ["d/a/x.html", "d/file.html", "d/lost.html"]
    assert names(tmp_path, "d/folder") == ["d/folder/y.html"]


def test_what_is_no_file_is_told_and_does_not_hold_us(tmp_path: Path) -> None:
    write(tmp_path, "d/a.html")
    os.mkfifo(tmp_path / "d/pipe.html")
    assert listed(tmp_path, found_in(tmp_path, "d")) == {"d/a.html": "ok", "d/pipe.html": "E101"}


def test_a_file_that_vanishes_is_told(tmp_path: Path) -> None:
    write(tmp_path, "d/a.html", "d/b.html", "d/c.html", "d/e/f.html")
    finding = find_files([f"{tmp_path}/d"], tmp_path / "spool", tmp_path / "out")
    found = [next(finding)]
    (tmp_path / "d/b.html").unlink()
    (tmp_path / "d/e/f.html").unlink()
    (tmp_path / "d/e").rmdir()
    found += finding
    assert listed(tmp_path, found) == {"d/a.html": "ok", "d/b.html": "E101", "d/c.html": "ok", "d/e/": "E101"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, "d/a.html", "d/e/f.html")
    (tmp_path / "d/a.html").chmod(0)
    (tmp_path / "d/e").chmod(0)
    try:
        assert listed(tmp_path, found_in(tmp_path, "d")) == {"d/a.html": "E101", "d/e/": "E101"}
    finally:
        (tmp_path / "d/e").chmod(0o700)


def test_a_file_larger_than_any_report_is_not_even_hashed(tmp_path: Path) -> None:
    with (tmp_path / "x.pdf").open("wb") as file:
        file.truncate(default_limits().max_bytes + 1)
    assert listed(tmp_path, found_in(tmp_path, "x.pdf")) == {"x.pdf": "E103"}


def test_a_very_deep_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = [Path("d" + "/a" * depth) for depth in range(1050)]
    for folder in folders:
        folder.mkdir()
    deepest = folders[-1] / "x.html"
    deepest.write_bytes(b"x")
    found = list(find_files(["d", "d/**/*.html"], Path("spool"), Path("out")))
    # Whoever tidies up after the tests goes down by calling itself.
    deepest.unlink()
    for folder in reversed(folders):
        folder.rmdir()
    assert [one.path for one in found] == [deepest]


def test_names_are_fit_to_be_listed(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    for raw in ("年报.html".encode("gbk"), "年报.txt".encode(), b"a\nb\x1b[31m.html", "\u202egpj.html".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + raw)).write_bytes(raw)
    found = found_in(tmp_path, "d")
    names = sorted(one.file_name for one in found)
    assert names == [r"\u202egpj.html", r"a\x0ab\x1b[31m.html", "年报.html", "年报.txt"]
    assert all(one.sha256 for one in found)


# Where results go


def test_nothing_in_the_output_folder_is_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "d/a.html", "d/out/x.html", "d/deep/out/y.html")
    paths = [f"{tmp_path}/d", f"{tmp_path}/d/**/*.html", f"{tmp_path}/d/out", f"{tmp_path}/d/out/x.html"]
    (tmp_path / "link").symlink_to(tmp_path / "d/out")
    for out in (tmp_path / "d/out", tmp_path / "d/../d/out", tmp_path / "link"):
        for some in (paths[:1], paths[1:2], paths):
            found = list(find_files(some, tmp_path / "spool", out))
            assert listed(tmp_path, found) == {"d/a.html": "ok", "d/deep/out/y.html": "ok"}
            assert count_files(some, out) == 2
        with pytest.raises(GoujiError, match="E304"):
            find_files(paths[2:], tmp_path / "spool", out)


# Patterns


def test_patterns(tmp_path: Path) -> None:
    write(tmp_path, "d/2021/a.html", "d/2022/a.html", "d/2022/b.pdf", "d/2022/deep/c.html", "d/.h/a.html", "d/[1].html")
    assert names(tmp_path, "d/*/a.html") == ["d/2021/a.html", "d/2022/a.html"]
    assert names(tmp_path, "d/202?/*.html") == ["d/2021/a.html", "d/2022/a.html"]
    assert names(tmp_path, "d/**/*.html") == ["d/2021/a.html", "d/2022/a.html", "d/2022/deep/c.html", "d/[1].html"]
    # A pattern that fits folders means what lies in them; something of that very name is meant itself.
    assert names(tmp_path, "d/*2") == ["d/2022/a.html", "d/2022/b.pdf", "d/2022/deep/c.html"]
    assert names(tmp_path, "d/[1].html") == ["d/[1].html"]
    assert names(tmp_path, "d/20**/**/**/c.*") == ["d/2022/deep/c.html"]


def test_patterns_from_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.html", "b/c.html", "spool/x.html")
    monkeypatch.chdir(tmp_path)
    for pattern in ("**/*.html", "./**/*.html"):
        found = find_files([pattern], Path("spool"), Path("spool"))
        assert [one.name.removeprefix("./") for one in found] == ["a.html", "b/c.html"]


# Wrong use


def test_a_path_that_is_not_there_is_told_before_anything_is_done(tmp_path: Path) -> None:
    write(tmp_path, "a.html")
    for path in ("b.html", "x/*.html", "a.html/x", "**/*.pdf", "a\0b", "a\nb", f"@{tmp_path}/none.txt"):
        assert code_of(tmp_path, "a.html", path) == "E101", path
    with pytest.raises(GoujiError, match="E101"):
        find_files([""], tmp_path / "spool", tmp_path / "out")


def test_counting_complains_of_the_same(tmp_path: Path) -> None:
    with pytest.raises(GoujiError, match="E101"):
        count_files([f"{tmp_path}/none"], tmp_path / "out")


# Lists


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_list_of_paths_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, "报告/甲.html", "报告/子/乙.html", "other.html")
    lines = f"# 说明\r\n甲.html\r\n\r\n  子\\乙.html \r\n子/*.html\n丙.html\n../other.html\n{tmp_path}/other.html\n"
    (tmp_path / "报告/list.txt").write_bytes(lines.encode(encoding))
    found = list(find_files([f"@{tmp_path}/报告/list.txt"], tmp_path / "spool", tmp_path / "out"))
    expected = {"报告/甲.html": "ok", "报告/子/乙.html": "ok", "报告/丙.html": "E101", "报告/../other.html": "ok"}
    assert listed(tmp_path, found) == expected


def test_a_list_of_names_that_are_gbk_on_disk_too(tmp_path: Path) -> None:
    raw = "甲.html".encode("gbk")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw)).write_bytes(b"x")
    (tmp_path / "list.txt").write_bytes(raw + b"\n")
    found = list(find_files([f"@{tmp_path}/list.txt"], tmp_path / "spool", tmp_path / "out"))
    assert listed(tmp_path, found) == {"甲.html": "ok"}


def test_a_list_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.html")
    (tmp_path / "list.txt").write_text("a.html\n./a.html\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in find_files(["@list.txt"], Path("spool"), Path("out"))] == ["a.html"]


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"none.html\nnor this\n", bytes(range(256))])
def test_a_list_that_leads_nowhere_is_wrong_use(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "list.txt").write_bytes(data)
    assert code_of(tmp_path, f"@{tmp_path}/list.txt") == "E101"


# All together


def test_a_file_that_several_arguments_lead_to_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "d/a.html", "d/e/b.html")
    (tmp_path / "alias").symlink_to("d")
    monkeypatch.chdir(tmp_path)
    paths = ["d/e", "d", "./d/a.html", "d/../d/a.html", f"{tmp_path}/d", "alias", "d/**/*.html"]
    assert [one.name for one in find_files(paths, Path("spool"), Path("out"))] == ["d/e/b.html", "d/a.html"]


def test_counting_agrees_with_finding(tmp_path: Path) -> None:
    write(tmp_path, "d/a.html", "d/b.css", "d/.c.html", "d/e/f.html")
    (tmp_path / "d/lost").symlink_to("nowhere")
    (tmp_path / "d/z.zip").write_bytes(zipped(("a/", b""), ("a/1.html", b"1"), ("a/2.html", b"2")))
    (tmp_path / "d/broken.zip").write_bytes(b"PK\3\4")
    assert count_files([f"{tmp_path}/d"], tmp_path / "out") == len(found_in(tmp_path, "d")) == 8
    (tmp_path / "d/x.tar").write_bytes(tarred(("1.html", b"1")))
    assert count_files([f"{tmp_path}/d"], tmp_path / "out") is None


def test_a_file_that_has_changed_since_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "a.html")
    found = found_in(tmp_path, "a.html")[0]
    check_unchanged(found.path, found.sha256)
    found.path.write_bytes(b"something else")
    with pytest.raises(GoujiError, match="E101"):
        check_unchanged(found.path, found.sha256)
    found.path.unlink()
    with pytest.raises(GoujiError, match="E101"):
        check_unchanged(found.path, found.sha256)
