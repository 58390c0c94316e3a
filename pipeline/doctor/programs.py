"""Programs and fonts of the system: LibreOffice for some formats, the rest for training and evaluation."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.doctor.check import Check

SECONDS = 30
FONTS = ("Noto Serif CJK SC", "WenQuanYi Zen Hei", "AR PL UKai CN", "AR PL UMing CN")
"""In which pages are drawn to train and to measure on."""
_FOR_TRAINING = (
    ("Chromium", ("chromium", "google-chrome"), "生成页面图像、打印示例 PDF", "chromium"),
    ("pandoc", ("pandoc",), "gouji synth 中经 pandoc 转换的报告", "pandoc"),
    ("pdftotext", ("pdftotext",), "gouji synth 中经 pdftotext 转换的报告", "poppler-utils"),
)


def office() -> list[Check]:
    name, costs = "LibreOffice", "DOC、RTF、WPS、ODT、ODS、XLSB 读不了（E109、E113），其余格式不受影响"
    program = shutil.which("soffice") or shutil.which("libreoffice")
    install = "apt-get install libreoffice-writer libreoffice-calc（macOS：brew install --cask libreoffice）"
    if program is None:
        return [Check(name, "noted", "没有找到 soffice", costs, install)]
    with tempfile.TemporaryDirectory(prefix="gouji-", ignore_cleanup_errors=True) as folder:
        # Its own profile stays as it is, and is not needed to be there.
        said = version_of([program, f"-env:UserInstallation={Path(folder).as_uri()}", "--version"])
    if said is None:
        return [Check(name, "noted", f"{program} 不能启动", costs, f"重新安装：{install}")]
    return [Check(name, "ok", f"{' '.join(said.split()[:2])}（{program}）")]


def for_training() -> list[Check]:
    checks = []
    for name, programs, use, package in _FOR_TRAINING:
        program = next((found for one in programs if (found := shutil.which(one))), None)
        costs, install = f"只影响训练和评测：{use}", f"apt-get install {package}"
        if program is None:
            checks.append(Check(name, "noted", f"没有找到 {programs[0]}", costs, install))
            continue
        said = version_of([program, "-v" if name == "pdftotext" else "--version"])
        if said is None:
            checks.append(Check(name, "noted", f"{program} 不能启动", costs, f"重新安装：{install}"))
        else:
            checks.append(Check(name, "ok", said))
    return [*checks, fonts()]


def fonts() -> Check:
    costs = "只影响训练和评测：生成的页面字体单一"
    install = "apt-get install fontconfig fonts-noto-cjk fonts-wqy-zenhei fonts-arphic-ukai fonts-arphic-uming"
    lister = shutil.which("fc-list")
    if lister is None:
        return Check("中文字体", "noted", "没有找到 fc-list，不知道有哪些字体", costs, install)
    done = subprocess.run([lister, ":", "family"], capture_output=True, text=True, timeout=SECONDS, check=False)
    missing = [font for font in FONTS if font not in done.stdout]
    if missing:
        return Check("中文字体", "noted", f"没有 {'、'.join(missing)}", costs, install)
    return Check("中文字体", "ok", "、".join(FONTS))


def version_of(command: list[str]) -> str | None:
    """The first line that the program says of itself; None where it cannot be run, fails or hangs."""
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL, errors="replace"
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else None
