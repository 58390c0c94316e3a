"""The channels of an image, pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Value = TypeVar("Value", np.uint8, np.float32)


def extremes(image: NDArray[Value]) -> tuple[NDArray[Value], NDArray[Value]]:
    """The brightest and the darkest channel of each pixel of height x width x 3; many times faster than along the last
    axis of an array."""
    red, green, blue = cv2.split(image)
    brightest, darkest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return cast("NDArray[Value]", brightest), cast("NDArray[Value]", darkest)
