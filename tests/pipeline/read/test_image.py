"""`read_image`: every kind of image file, upright, on white, decoded only when asked."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.document import Document, Page, Picture
from pipeline.errors import E105, E107, E114, ErrorKind, GoujiError
from pipeline.limits import default_limits
from pipeline.read.image import read_image
from pipeline.read.open import read_document
from pipeline.read.raster import SHORT_SIDE
from tests.pipeline.read.picture_files import HEIGHT, WIDTH, page_image, saved, tiff

if TYPE_CHECKING:
    from pipeline.document import Pixels

RED, WHITE = (200, 0, 0), (255, 255, 255)


def read(data: bytes) -> Document:
    return read_image(data, "scan.png", "0" * 64)


def pixels(document: Document, which: int = 0) -> Pixels:
    picture = document.blocks[which]
    assert isinstance(picture, Picture) and picture.pixels is not None
    image = picture.pixels()
    assert image.dtype == np.uint8
    assert image.shape == (picture.height, picture.width, 3)
    return image


def fails_with(kind: ErrorKind, data: bytes, **limits: int) -> str:
    with pytest.raises(GoujiError) as caught:
        read_image(data, "x", "", replace(default_limits(), **limits))
    assert caught.value.kind is kind
    assert "\n" not in str(caught.value)
    return str(caught.value)


def is_near(pixel: Any, colour: tuple[int, int, int], error: int = 12) -> bool:
    return max(abs(int(have) - want) for have, want in zip(pixel, colour, strict=True)) <= error


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("PNG", {}), ("JPEG", {}), ("WEBP", {}), ("WEBP", {"lossless": True}), ("BMP", {}), ("GIF", {}), ("AVIF", {}),
        ("JPEG2000", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("TIFF", {"compression": "jpeg"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}), ("TIFF", {"compression": "packbits"}),
        ("TIFF", {"big_tiff": True}),
    ],
)  # fmt: skip
def test_every_format_gives_one_page_in_pixels(format: str, options: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "scan.dat"
    file.write_bytes(saved(page_image(), format, **options))

    document = read_document(file)

    assert document.format == "image"
    assert document.pages == (Page(1, WIDTH, HEIGHT),)
    (picture,) = document.blocks
    assert picture.source.page == 1
    assert picture.source.box == (0, 0, WIDTH, HEIGHT)
    image = pixels(document)
    assert is_near(image[20, 20], RED)
    assert is_near(image[-20, -20], WHITE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGBA", "LA"])
@pytest.mark.parametrize("format", ["PNG", "TIFF", "JPEG"])
def test_every_kind_of_colour(mode: str, format: str) -> None:
    if (format, mode) in {("PNG", "CMYK"), ("JPEG", "RGBA"), ("JPEG", "LA"), ("JPEG", "P")}:
        pytest.skip("the format has no such colours")
    image = pixels(read(saved(page_image().convert(mode), format)))
    grey = int(np.asarray(Image.new("RGB", (1, 1), RED).convert("L"))[0, 0])
    expected = {"1": (0, 0, 0), "L": (grey,) * 3, "LA": (grey,) * 3}.get(mode, RED)
    assert is_near(image[20, 20], expected)
    assert is_near(image[-20, -20], WHITE)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw"])
def test_a_fax_in_black_and_white(compression: str) -> None:
    image = pixels(read(tiff(page_image().convert("1"), compression=compression)))
    assert set(np.unique(image)) == {0, 255}


def test_what_is_transparent_is_paper() -> None:
    clear = page_image().convert("RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    assert pixels(read(saved(clear))).min() == 255
    palette = page_image().convert("P")
    red = palette.getpixel((20, 20))
    assert is_near(pixels(read(saved(palette, transparency=red)))[20, 20], WHITE)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_keep_their_scale(format: str) -> None:
    ramp = np.linspace(0, 65535, WIDTH).astype(np.uint16)
    image = pixels(read(saved(Image.fromarray(np.tile(ramp, (HEIGHT, 1))), format)))
    assert (image[0, 0, 0], image[0, WIDTH // 2, 0], image[0, -1, 0]) == (0, 128, 255)


ORIENTATION = 0x0112


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "top left"), (2, "top right"), (3, "bottom right"), (4, "bottom left"), (5, "top left"), (6, "top right"),
     (7, "bottom right"), (8, "bottom left")],
)  # fmt: skip
def test_a_photo_is_shown_as_the_camera_was_held(format: str, orientation: int, corner: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options: dict[str, Any] = {"tiffinfo": {ORIENTATION: orientation}} if format == "TIFF" else {"exif": exif}
    document = read(saved(page_image(), format, **options))
    turned = orientation >= 5
    assert document.pages == (Page(1, HEIGHT, WIDTH) if turned else Page(1, WIDTH, HEIGHT),)
    image = pixels(document)
    y, x = -20 if "bottom" in corner else 20, -20 if "right" in corner else 20
    assert is_near(image[y, x], RED)


def test_a_fax_of_uneven_resolution_gets_square_pixels() -> None:
    document = read(saved(page_image().convert("1"), "TIFF", compression="group4", dpi=(204, 98)))
    assert document.pages == (Page(1, WIDTH, 999),)
    assert pixels(document).shape == (999, WIDTH, 3)


def test_every_page_of_a_tiff_is_a_page() -> None:
    document = read(tiff(*[page_image(number) for number in (1, 2, 3)], compression="tiff_lzw"))
    assert [page.number for page in document.pages] == [1, 2, 3]
    for which in range(3):
        row = pixels(document, which)[HEIGHT // 2 + 10, :, 0] < 100
        assert np.count_nonzero(np.diff(row.astype(int)) == 1) == which + 1


def test_a_thumbnail_within_a_tiff_is_no_page() -> None:
    frames = [page_image(), page_image(size=(320, 240))]
    frames[1].encoderinfo = {"tiffinfo": {254: 1}}
    document = read(tiff(*frames))
    assert document.pages == (Page(1, WIDTH, HEIGHT),)


def test_only_the_first_image_of_an_animation_counts() -> None:
    frames = [page_image(number) for number in (1, 2)]
    for format in ("GIF", "WEBP", "PNG"):
        document = read(saved(frames[0], format, save_all=True, append_images=frames[1:]))
        assert len(document.pages) == len(document.blocks) == 1


def test_a_damaged_page_of_a_tiff_is_lost_alone() -> None:
    data = bytearray(tiff(*[page_image(number) for number in (1, 2, 3)], compression="tiff_lzw"))
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        at, length = image.tag_v2[273][0], image.tag_v2[279][0]  # type: ignore[attr-defined]
    data[at : at + length] = b"\xff" * length

    document = read(bytes(data))

    assert len(document.blocks) == 3
    pixels(document, 0)
    pixels(document, 2)
    with pytest.raises(GoujiError, match="E105"):
        pixels(document, 1)


def test_a_tiff_cut_short_names_the_page_that_is_lost() -> None:
    data = tiff(*[page_image(number) for number in (1, 2, 3)], compression="tiff_lzw")
    document = read(data[: int(len(data) * 0.9)])
    assert document.defeated == (3,)
    assert "第 3 页" in document.warnings[0]
    assert [block.source.page for block in document.blocks] == [1, 2]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "JPEG2000", "AVIF", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.4, 0.9])
def test_an_image_cut_short_is_damaged(format: str, share: float) -> None:
    noise = Image.effect_noise((WIDTH, HEIGHT), 90).convert("RGB")
    data = saved(noise, format)
    with pytest.raises(GoujiError) as caught:
        pixels(read(data[: int(len(data) * share)]))
    assert caught.value.kind is E105


def test_damage_leaves_no_trace_on_stderr(tmp_path: Path) -> None:
    data = tiff(page_image().convert("1"), page_image(2).convert("1"), compression="group4")
    file = tmp_path / "scan.tif"
    file.write_bytes(data[: len(data) - 30])
    code = (
        "import sys; from pathlib import Path; from pipeline.read.open import read_document\n"
        "for block in read_document(Path(sys.argv[1])).blocks:\n"
        "    try: block.pixels()\n"
        "    except Exception as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_an_icon_is_no_report() -> None:
    assert "32×32" in fails_with(E105, saved(page_image(size=(32, 32))))


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    large = Image.new("1", (20_000, 20_000))
    for format in ("PNG", "TIFF", "GIF"):
        tracemalloc.start()
        fails_with(E107, saved(large, format, **({"compression": "group4"} if format == "TIFF" else {})))
        tracemalloc.stop()
    fails_with(E107, saved(page_image()), max_image_pixels=WIDTH * HEIGHT - 1)
    header = b"VP8X" + bytes([10, 0, 0, 0, 0, 0, 0, 0]) + b"\xff\x3f\0" * 2 + bytes(20)
    fails_with(E107, b"RIFF\x40\0\0\0WEBP" + header)


def test_too_many_pages_are_refused() -> None:
    fails_with(E114, tiff(*[page_image()] * 3), max_pages=2)


def test_a_large_photo_is_read_smaller_and_located_in_full() -> None:
    document = read(saved(page_image(size=(6000, 4000)), "JPEG"))
    assert document.pages == (Page(1, 6000, 4000),)
    image = pixels(document)
    assert image.shape == (SHORT_SIDE, 4350, 3)
    assert is_near(image[50, 50], RED)


def test_a_long_strip_keeps_its_width() -> None:
    assert pixels(read(saved(page_image(size=(800, 9000))))).shape == (9000, 800, 3)


def test_nothing_is_decoded_before_it_is_asked_for() -> None:
    frames = [page_image(number, (1654, 2339)) for number in (1, 2, 3)]
    for data in (tiff(*frames, compression="tiff_lzw"), saved(frames[0], "PNG"), saved(frames[0], "JPEG")):
        tracemalloc.start()
        document = read(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert document.blocks
        assert peak < 1_000_000 + 2 * len(data)


FILES = [
    saved(page_image()),
    saved(page_image(), "JPEG"),
    saved(page_image(), "WEBP"),
    saved(page_image().convert("P"), "GIF"),
    saved(page_image(), "BMP")[:20_000],
    tiff(page_image().convert("1"), page_image(2).convert("1"), compression="group4"),
    tiff(page_image(), page_image(2), compression="tiff_lzw"),
    saved(page_image(), "JPEG2000"),
]


def decode_all(data: bytes) -> None:
    """Whatever it is, it is read or refused by a number."""
    limits = replace(default_limits(), max_image_pixels=4_000_000, max_pages=50)
    try:
        document = read_image(data, "x", "", limits)
    except GoujiError as error:
        assert error.kind in (E105, E107, E114)
        return
    for which in range(len(document.blocks)):
        try:
            pixels(document, which)
        except GoujiError as error:
            assert error.kind is E105


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(FILES),
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.binary(max_size=12)), min_size=1, max_size=6
    ),
    st.floats(0, 1),
    st.booleans(),
)
def test_damaged_images_fail_in_order_or_are_read(
    data: bytes, edits: list[tuple[float, int, bytes]], cut: float, in_head: bool
) -> None:
    changed = bytearray(data)
    for where, removed, put in edits:
        at = int(where * (200 if in_head else len(changed)))
        changed[at : at + removed] = put
    decode_all(bytes(changed[: int(cut * len(changed))] if cut < 0.9 else changed))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"MM\0*", b"GIF89a", b"BM"]), st.binary()
)
@example(b"II*\0", b"\x08\0\0\0" + bytes(40))
def test_random_bytes_fail_in_order(head: bytes, tail: bytes) -> None:
    decode_all(head + tail)
