"""Geometry of the competency radar, drawn as SVG by ``components/competency_radar.html``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assessments.web.components import RadarAxis

SIZE: Final = 320
CENTRE: Final = SIZE / 2
RADIUS: Final = 104
LABEL_RADIUS: Final = RADIUS + 18
RINGS: Final = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis: the end of its line, the mark of its value, and where its number stands (pixels)."""

    number: int
    axis: RadarAxis
    x: str
    y: str
    value_x: str
    value_y: str
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class Radar:
    size: int
    centre: str
    rings: list[str]
    shape: str
    spokes: list[Spoke]


def _point(angle: float, distance: float) -> tuple[str, str]:
    return f"{CENTRE + distance * math.sin(angle):.1f}", f"{CENTRE - distance * math.cos(angle):.1f}"


def _polygon(angles: Sequence[float], distances: Sequence[float]) -> str:
    points = (_point(angle, distance) for angle, distance in zip(angles, distances, strict=True))
    return " ".join(",".join(point) for point in points)


def build_radar(axes: Sequence[RadarAxis]) -> Radar:
    """Places the axes clockwise from the top. Values outside 0..1 are brought back to the nearest end.

    Raises ``ValueError`` with fewer than three axes: no surface can be drawn, use a table.
    """
    if len(axes) < 3:
        raise ValueError("a radar needs at least three axes")
    angles = [2 * math.pi * index / len(axes) for index in range(len(axes))]
    values = [min(max(axis.value, 0.0), 1.0) for axis in axes]
    spokes = [
        Spoke(
            number,
            axis,
            *_point(angle, RADIUS),
            *_point(angle, RADIUS * value),
            *_point(angle, LABEL_RADIUS),
        )
        for number, (axis, angle, value) in enumerate(zip(axes, angles, values, strict=True), start=1)
    ]
    return Radar(
        size=SIZE,
        centre=f"{CENTRE:.1f}",
        rings=[_polygon(angles, [RADIUS * ring] * len(angles)) for ring in RINGS],
        shape=_polygon(angles, [RADIUS * value for value in values]),
        spokes=spokes,
    )
