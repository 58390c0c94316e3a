"""Pictures of the pages with the grid that was recovered drawn over them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.document import Document, Picture
from pipeline.errors import E304, GoujiError

if TYPE_CHECKING:
    from pipeline.scan.again import Spot
    from pipeline.scan.document import Scans

LONGEST_SIDE = 2000
COLOURS = {
    "number": (30, 110, 220),
    "label": (140, 140, 140),
    "line": (60, 160, 60),
    "repaired": (230, 120, 0),
    "doubtful": (220, 0, 60),
}
"""Red, green, blue."""


def write_overlays(document: Document, scans: Scans, marks: Mapping[Spot, str], folder: Path) -> list[Path]:
    """One PNG a scanned picture: cells of numbers blue, of labels grey, lines of text green; marked cells thicker.

    Args:
        document: as the reader gave it, with its pictures.
        marks: `repaired` or `doubtful`, by page and box of the cell.

    Raises:
        GoujiError: E304 where the folder cannot be written.
    """
    pictures = {scan.index: scan for scan in scans.pages}
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for index, block in enumerate(document.blocks):
            scan = pictures.get(index)
            if scan is None or not isinstance(block, Picture) or block.pixels is None:
                continue
            image = block.pixels()
            scale = min(1.0, LONGEST_SIDE / max(image.shape[:2]))
            drawn = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            own = [(box, kind) for (page, box), kind in marks.items() if page == scan.page and box in scan.cells]
            marked = {scan.cells[box]: kind for box, kind in own}
            for outline in scan.outlines:
                kind = marked.get(outline.box, outline.kind)
                corners = np.round(outline.corners * scale).astype(np.int32)
                cv2.polylines(drawn, [corners], True, COLOURS[kind], 3 if outline.box in marked else 1, cv2.LINE_AA)
            number = len([path for path in written if path.name.startswith(f"page-{scan.page:03d}")])
            path = folder / (f"page-{scan.page:03d}" + (f"-{number + 1}" if number else "") + ".png")
            _, data = cv2.imencode(".png", cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
            path.write_bytes(data.tobytes())
            written.append(path)
    except OSError as error:
        raise GoujiError(E304, reason=f"{folder}（{error.strerror or type(error).__name__}）") from None
    return written
