"""Comparison of works by their fingerprints: pure functions over facts, nothing is read or run."""

from evaluator.similarity.overlap import Compared, Nearest, Sketch, Work, compare, sketch_of
from evaluator.similarity.passages import Passage, Place, passages_of

__all__ = ["Compared", "Nearest", "Passage", "Place", "Sketch", "Work", "compare", "passages_of", "sketch_of"]
