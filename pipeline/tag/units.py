"""Units that stand behind numbers of the form, one character each, as classes of regular expressions take them."""

from __future__ import annotations

UNITS = "件条次份宗项例个起元万"
TRADITIONAL_UNITS = "條項個"
"""Of traditional script. Only `pipeline.tag.decode` takes them for units: the order of the numbers was counted without
them."""
