"""Writes the examples and their gold; `--pdf` prints the PDF anew too, which needs chromium and changes its bytes."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from training.examples.damages import DAMAGES
from training.examples.formats import FORMATS, pdf_page_break, pdf_source

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def main() -> int:
    parser = argparse.ArgumentParser(description="写出 examples/ 下的报告和标准答案。")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("examples"), metavar="文件夹")
    parser.add_argument("--pdf", action="store_true", help="用 chromium 重新打印 PDF（字节会变）")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    for make in (*FORMATS, *DAMAGES):
        example = make()
        if example.data is not None:
            (folder / example.name).write_bytes(example.data)
        (folder / f"{example.stem}.gold.json").write_text(example.gold(), encoding="utf-8")
    if arguments.pdf and not print_pdf(folder / pdf_page_break().name):
        print("没有找到 chromium，PDF 没有重新打印", file=sys.stderr)
        return 1
    return 0


def print_pdf(path: Path) -> bool:
    """Prints the source of the PDF example with a browser; False where none is installed."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.html"
        source.write_text(pdf_source()[1], encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
        subprocess.run([browser, *options, source.as_uri()], check=True, capture_output=True, timeout=120)
    return True


if __name__ == "__main__":
    sys.exit(main())
