"""Damaged archives and such that mean harm: each ends in files and codes, soon and in bounds."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.limits import default_limits
from tests.pipeline.ingest.archive_files import NOISE, found_in, inside, listed, tarred, zipped

SMALL = replace(
    default_limits(), max_bytes=100_000, max_inflated_bytes=300_000, max_ratio=20, min_ratio_bytes=50_000
)


# Damage


def test_encrypted_members(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.html", b"1"), ("b.html", b"2")))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert inside(tmp_path, bytes(data)) == {"a.html": "E106", "b.html": "ok"}


def test_one_damaged_member_of_a_zip_costs_no_other(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.html", b"1" * 100), ("b.html", NOISE), ("c.html", b"3" * 100)))
    data[data.index(NOISE[1000:1100]) + 50] ^= 0xFF
    assert inside(tmp_path, bytes(data)) == {"a.html": "ok", "b.html": "E105", "c.html": "ok"}


def test_a_method_that_is_not_known(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert inside(tmp_path, zipped(("a.html", b"1"), method=method)) == {"a.html": "E105"}


def test_a_zip_without_its_end(tmp_path: Path) -> None:
    assert inside(tmp_path, zipped(("a.html", NOISE))[:-30]) == {"x": "E105"}
    assert inside(tmp_path, tarred(("a.zip", b"PK\3\4" + NOISE), ("b.html", b"2"))) == {"a.zip": "E105", "b.html": "ok"}


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
def test_a_tar_that_is_cut_off_gives_what_is_there_and_says_so(tmp_path: Path, mode: str) -> None:
    data = tarred(("a.html", NOISE), ("b.html", NOISE[::-1]), ("c.html", b"3"), mode=mode)
    # In the middle of the second; bzip2 comes in blocks of 900 kB, of which none is whole then.
    found = inside(tmp_path, data[: int(len(data) * 0.7)])
    expected = {"a.html": "ok", "b.html": "E105", "x": "E105"} if mode != "w:bz2" else {"x": "E105"}
    assert found == expected


def test_a_tar_that_is_damaged_in_the_middle_says_so(tmp_path: Path) -> None:
    data = bytearray(tarred(("a.html", b"1"), ("b.html", b"2"), ("c.html", b"3"), format=tarfile.USTAR_FORMAT))
    data[1024:1100] = b"#" * 76
    assert inside(tmp_path, bytes(data)) == {"a.html": "ok", "x": "E105"}


def test_a_tar_that_leads_back_comes_to_an_end(tmp_path: Path) -> None:
    # A size below zero once sent the library round and round.
    info = tarfile.TarInfo("a.html")
    info.pax_headers = {"size": "-2048"}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(info)
        archive.addfile(tarfile.TarInfo("b.html"))
    assert set(inside(tmp_path, buffer.getvalue()).values()) == {"E105"}


def test_a_tar_with_a_header_as_large_as_memory(tmp_path: Path) -> None:
    data = bytearray(tarred(("名" * 200, b"1")))
    assert data[156:157] == b"x"
    data[124:136] = b"77777777777\0"
    data[148:156] = b" " * 8
    data[148:156] = f"{sum(data[:512]):06o}\0 ".encode()
    assert inside(tmp_path, gzip.compress(bytes(data) + bytes(10_000_000))) == {"x": "E105"}


# Bombs


def test_a_member_that_inflates_beyond_all_ratio(tmp_path: Path) -> None:
    data = zipped(("bomb", bytes(90_000)), ("b.html", b"2"))
    assert inside(tmp_path, data, limits=SMALL) == {"bomb": "E107", "b.html": "ok"}


def test_a_member_larger_than_any_report(tmp_path: Path) -> None:
    large = NOISE + NOISE
    for data in (zipped(("a.html", large), ("b.html", b"2")), tarred(("a.html", large), ("b.html", b"2"))):
        assert inside(tmp_path, data, limits=SMALL) == {"a.html": "E103", "b.html": "ok"}
    # An archive may be larger, in an archive too.
    nested = zipped(("inner.zip", zipped(("1.html", NOISE), ("2.html", NOISE[::-1]))))
    assert inside(tmp_path, nested, limits=SMALL) == {"inner.zip!1.html": "ok", "inner.zip!2.html": "ok"}
    assert inside(tmp_path, gzip.compress(large), "a.html.gz", limits=SMALL) == {"a.html": "E103"}


def test_an_archive_that_inflates_to_too_much_altogether(tmp_path: Path) -> None:
    files = [(f"{number}.html", bytes(40_000)) for number in range(20)]
    for data in (zipped(*files), tarred(*files, mode="w:xz"), zipped(("in.tar.bz2", tarred(*files, mode="w:bz2")))):
        found = inside(tmp_path, data, limits=SMALL)
        assert list(found.items())[-1] == ("x", "E107")
        assert set(list(found.values())[:-1]) <= {"ok"}
        assert len(found) <= 9
    # What takes as much on disk is no bomb.
    assert set(inside(tmp_path, tarred(*files), limits=SMALL).values()) == {"ok"}


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """Many entries of the list that point to one and the same content."""
    data = zipped(("same.html", bytes(40_000)))
    start = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    entry, n = data[start:end], 1000
    tail = bytearray(data[end:])
    tail[8:12] = n.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * n).to_bytes(4, "little")
    found = inside(tmp_path, data[:start] + entry * n + bytes(tail), limits=SMALL)
    assert list(found.values())[-1] == "E107"
    assert "same.html#2" in found and len(found) < 50


def test_a_sparse_file_costs_nothing(tmp_path: Path) -> None:
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(10**12)
    info = tarfile.TarInfo("a.html")
    info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": "1000000000000",
                        "GNU.sparse.map": "5,1"}  # fmt: skip
    assert inside(tmp_path, tarred(info, ("b.html", b"2"))) == {"a.html": "E105", "b.html": "ok"}
    started = time.monotonic()
    assert listed(tmp_path, found_in(tmp_path, "hole")) == {"hole": "E103"}
    assert time.monotonic() - started < 1


# Anything


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["zip", "w", "w:gz", "w:bz2", "w:xz", "nested"]),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=8)), max_size=5),
    st.integers(0, 6000),
)
def test_a_mutated_archive_ends_in_files_and_codes(mode: str, edits: list[tuple[int, bytes]], cut: int) -> None:
    files: list[tuple[str, bytes]] = [(f"{n}.html", NOISE[n * 100 : n * 600 + 50]) for n in range(4)]
    if mode == "nested":
        data = bytearray(zipped(("in.tgz", tarred(*files, mode="w:gz")), ("in.zip", zipped(*files))))
    else:
        data = bytearray(zipped(*files) if mode == "zip" else tarred(*files, mode=mode))
    for place, replacement in edits:
        place %= len(data)
        data[place : place + len(replacement)] = replacement
    if cut < 3000:
        del data[cut % len(data) :]
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "x").write_bytes(data)
        assert len(found_in(Path(name), "x", limits=SMALL)) >= 1
        assert sorted(os.listdir(name)) == ["spool", "x"]  # noqa: PTH208
