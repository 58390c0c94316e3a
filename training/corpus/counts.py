"""Random whole numbers: counts that are mostly small and sometimes very large, and ways to divide them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random

EXACT = 60
"""Up to here a count is drawn one by one, above from the normal distribution with the same mean and variance."""


def poisson(random: Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > EXACT:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, product, number = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        number += 1
    return number


def binomial(random: Random, number: int, share: float) -> int:
    """How many of a number."""
    if number <= EXACT:
        return sum(random.random() < share for _ in range(number))
    drawn = random.gauss(number * share, math.sqrt(number * share * (1 - share)))
    return min(number, max(0, round(drawn)))


def divide(random: Random, number: int, weights: Sequence[float]) -> tuple[int, ...]:
    """A number in parts: as many draws with these weights, which need not sum to 1 but must not all be 0."""
    parts, left, weight_left = [], number, sum(weights)
    for weight in weights:
        # What is left of the weights may fall a rounding short of the last one.
        part = binomial(random, left, min(1.0, weight / weight_left)) if weight_left > 0 else 0
        parts.append(part)
        left, weight_left = left - part, weight_left - weight
    last = max(range(len(weights)), key=lambda place: weights[place])
    parts[last] += left
    return tuple(parts)


def habit(random: Random, shares: Mapping[str, float], evenness: float) -> dict[str, float]:
    """One agency's own shares, around the usual ones (Dirichlet); some are next to 0."""
    total = sum(shares.values())
    drawn = {name: _gamma(random, evenness * share / total) for name, share in shares.items()}
    # Very small shapes may all come out as 0.
    return drawn if sum(drawn.values()) > 0 else dict(shares)


def _gamma(random: Random, shape: float) -> float:
    return random.gammavariate(shape, 1.0) if shape > 0 else 0.0


def log_normal(random: Random, median: float, spread: float) -> float:
    return median * math.exp(random.gauss(0, spread))
