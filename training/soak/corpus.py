"""Files of every kind that a data team has: agencies over the years, damaged reports, copies, archives, and what should
not be there at all. The same number and seed give the same files.
"""

from __future__ import annotations

import gzip
import io
import random as random_module
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from training.corpus.agencies import draw_agency
from training.corpus.values import draw_chain, load_values
from training.mangle import LAYOUTS, mangled
from training.mangle.pages import page_of

YEARS = (2020, 2021, 2022, 2023)
PACKED = 200
"""Reports that lie in one archive together."""
SHARES = {"damaged": 0.03, "copy": 0.07, "packed": 0.05, "hostile": 0.05}
"""Of all files; the others are the reports of agencies over the years."""


def write_corpus(folder: Path, files: int, seed: int) -> None:
    """Writes so many files or a few more (members of archives count, and so do the archives of hostile ones); what is
    there already stays."""
    if (folder / "complete").exists():
        return
    random = Random(f"{seed} soak")
    counts = {kind: int(files * share) for kind, share in SHARES.items()}
    counts["chain"] = files - sum(counts.values())
    good = chains(random, counts["chain"] + counts["packed"])
    written: list[Path] = []
    for number in range(counts["chain"]):
        name, data = next(good)
        written.append(_write(folder / "reports" / f"{number // 500:03d}" / f"{number:06d}-{name}", data))
    for number in range(counts["damaged"]):
        made = mangled(Random(f"{seed} damaged {number}"))
        _write(folder / "damaged" / f"{number:05d}{made.suffix}", made.data)
    for number in range(counts["copy"]):
        source = random.choice(written)
        _write(folder / "copies" / f"{number:05d}-{source.name}", source.read_bytes())
    _write_archives(folder / "archives", good, counts["packed"], random)
    makers = sorted(HOSTILE)
    for number in range(counts["hostile"]):
        kind = makers[number % len(makers)]
        suffix, make = HOSTILE[kind]
        _write(folder / "hostile" / f"{number:05d}-{kind}{suffix}", make(Random(f"{seed} hostile {number}")))
    _write(folder / "complete", b"")


def chains(random: Random, reports: int) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of reports of agencies, each over some years, in layouts that need no other program."""
    values, made = load_values(), 0
    while made < reports:
        agency = draw_agency(random)
        start = random.randrange(len(YEARS))
        for true in draw_chain(random, agency.name, YEARS[start:], values):
            report = replace(true.report, sections=dict.fromkeys("一二三四五六", ()))
            layout = random.choice(sorted(LAYOUTS))
            suffix, write = LAYOUTS[layout]
            yield f"{agency.name}{report.year}{suffix}", write(page_of(report))
            made += 1


def _write_archives(folder: Path, good: Iterator[tuple[str, bytes]], members: int, random: Random) -> None:
    for number in range(-(-members // PACKED)):
        own = [next(good, None) for _ in range(min(PACKED, members - number * PACKED))]
        packed = io.BytesIO()
        if number % 2:
            with tarfile.open(fileobj=packed, mode="w:gz") as tar:
                for place, one in enumerate(filter(None, own)):
                    entry = tarfile.TarInfo(f"{place:03d}/{one[0]}")
                    entry.size = len(one[1])
                    tar.addfile(entry, io.BytesIO(one[1]))
        else:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for place, one in enumerate(filter(None, own)):
                    # Climbs out of where it is unpacked to, if it can.
                    climbs = "../" * random.choice((0, 0, 0, 4))
                    archive.writestr(zipfile.ZipInfo(f"{climbs}{place:03d}/{one[0]}"), one[1])
        _write(folder / f"{number:03d}{'.tar.gz' if number % 2 else '.zip'}", packed.getvalue())


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _zip(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def _cut_report(random: Random) -> bytes:
    data = mangled(random, "html_spans", ()).data
    return data[: random.randrange(1, len(data))]


def _noise(random: Random) -> bytes:
    return random_module.Random(random.random()).randbytes(random.randrange(1, 5_000))


HOSTILE: Mapping[str, tuple[str, Callable[[Random], bytes]]] = {
    "empty": (".html", lambda _: b""),
    "noise": (".pdf", lambda random: b"%PDF-1.7\n" + _noise(random)),
    "cut": (".html", _cut_report),
    "nested": (".html", lambda random: b"<table><tr><td>" * random.randrange(2_000, 20_000)),
    "wide": (".html", lambda random: b"<table><tr><td colspan=%d rowspan=65534>1</td>" % random.randrange(10**6)),
    "bomb": (".docx", lambda random: _zip({"word/document.xml": bytes(random.randrange(20, 60) * 10**6)})),
    "no_office": (".xlsx", lambda random: _zip({"x": _noise(random)})),
    "entities": (".xml", lambda _: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "not_a_report": (".txt", lambda random: f"会议纪要第 {random.random()} 号".encode() * 50),
    "digits": (".txt", lambda random: b"9" * random.randrange(10_000, 200_000)),
    "gzipped": (".html.gz", lambda random: gzip.compress(_cut_report(random), mtime=0)),
    "picture": (".png", lambda random: b"\x89PNG\r\n\x1a\n" + _noise(random)),
}
"""Ending and bytes by kind."""
