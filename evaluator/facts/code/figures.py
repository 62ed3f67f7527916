"""Plotly figures written as plain dictionaries: ``{"data": [{"type": "bar", "x": [...]}]}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluator.facts.code import knowledge
from evaluator.facts.code.values import Group, Value, constants, reachable

_TRACES = {
    "bar": "Bar", "pie": "Pie", "box": "Box", "violin": "Violin", "histogram": "Histogram", "scatter": "Scatter",
    "scattergl": "Scattergl", "scatter3d": "Scatter3d", "splom": "Splom", "heatmap": "Heatmap",
    "parcoords": "Parcoords", "scatterpolar": "Scatterpolar", "choropleth": "Choropleth", "sunburst": "Sunburst",
}  # fmt: skip
_DRAWERS = {"plotly", "dash", "dash_core_components", "streamlit", "chart_studio"}
_REACH = 200


def traces(name: str, values: Sequence[Value]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """The class and the arguments of each trace that a call of ``name`` is given in dictionaries."""
    if knowledge.root(name) not in _DRAWERS or name.startswith("plotly.express."):
        return
    for value in values:
        for item in reachable(value, _REACH) if isinstance(value, Group) else ():
            if isinstance(item, Group) and item.keys and (kind := _kind(item.keys)):
                yield f"plotly.graph_objects.{kind}", {key: of for key, of in item.keys.items() if isinstance(key, str)}


def _kind(keys: Mapping[Any, Value]) -> str:
    """The class of the trace that a dictionary stands for: a scatter when it has a mode and no type."""
    if "type" in keys:
        return next(
            (_TRACES[text] for text in constants(keys["type"]) if isinstance(text, str) and text in _TRACES), ""
        )
    return "Scatter" if "mode" in keys else ""
