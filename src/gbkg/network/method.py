"""How a measure was taken: exactly or from a sample, and how far a sample can be from the truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

SEED = 0
"""Where all random choices begin, so that the same graph gives the same sample."""
CONFIDENCE = 0.95
"""The probability with which a stated error holds for every node at once."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What may be spent: `exact` takes every measure as on a small graph, however long it takes; `samples` estimates
    betweenness and closeness from so many paths and nodes, however small the graph. Without either, the size of the
    graph decides."""

    exact: bool = False
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """How one measure was taken. `how` is `exact`, `sampled`, the name of a method, or `none` if it was left out.

    Of a sample: `samples` is its size, `error` the greatest distance of any node's estimate from its exact value, which
    holds for all nodes at once with probability `confidence`; `seed` is where the random choices began.
    """

    measure: str
    how: str
    samples: int | None = None
    error: float | None = None
    confidence: float | None = None
    seed: int | None = None

    @property
    def remark(self) -> str:
        """What a reader has to know before taking the figures as they stand; empty when they are exact."""
        if self.how == "sampled":
            return (
                f"{self.measure} is estimated from a sample of {self.samples:,}: with probability {self.confidence:g} "
                f"no value is more than {self.error:.4f} from the exact one (--samples, --exact)"
            )
        if self.measure == "communities" and self.how != "greedy":
            done = "were not sought" if self.how == "none" else "are those of the Louvain method"
            return f"communities {done}, because the network is large (--exact)"
        return ""


def sampled(measure: str, samples: int, error: float) -> Method:
    """The method of an estimate of values from 0 to 1; the error is rounded up to six decimal places."""
    return Method(measure, "sampled", samples, min(1.0, math.ceil(error * 1e6) / 1e6), CONFIDENCE, SEED)


def hoeffding(samples: int, values: int) -> float:
    """How far the means of so many independent samples of quantities from 0 to 1 can be from the expected values, for
    all of so many quantities at once, with probability `CONFIDENCE`.

    W. Hoeffding, Probability inequalities for sums of bounded random variables, Journal of the American Statistical
    Association 58 (1963) 13-30, theorem 2, with the union bound; https://doi.org/10.1080/01621459.1963.10500830.

    >>> round(hoeffding(20_000, 1_000), 4)
    0.0163
    """
    return math.sqrt(math.log(2 * max(1, values) / (1 - CONFIDENCE)) / (2 * samples))


def bernstein(samples: int, values: int, spread: float, variance: float) -> float:
    """The same for quantities from 0 to `spread` by the variance found in the sample, which is nearer when they vary
    little; at least two samples.

    A. Maurer, M. Pontil, Empirical Bernstein bounds and sample variance penalization, COLT 2009, theorem 4, for both
    sides, with the union bound; https://arxiv.org/abs/0907.3740.

    >>> round(bernstein(4_096, 1_000, 10, 0.5), 4)
    0.1168
    """
    chance = math.log(4 * max(1, values) / (1 - CONFIDENCE))
    return math.sqrt(2 * variance * chance / samples) + 7 * spread * chance / (3 * (samples - 1))
