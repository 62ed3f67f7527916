"""``checks`` and ``explain``: what the engine can check."""

from __future__ import annotations

import argparse
import json
from typing import Any

from evaluator.checks import REGISTRY
from evaluator.cli.terminal import WrongUsage


def checks(options: argparse.Namespace) -> int:
    rows = [_described(code) for code in REGISTRY]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    width = max(len(code) for code in REGISTRY)
    for row in rows:
        print(f"{row['check']:<{width}}  v{row['version']}  {row['title'][options.lang]}")
    return 0


def explain(options: argparse.Namespace) -> int:
    """Raises WrongUsage for a code that does not exist."""
    if options.code not in REGISTRY:
        raise WrongUsage(f"unknown check: {options.code}")
    row = _described(options.code)
    if options.json:
        print(json.dumps(row, ensure_ascii=False, indent=2))
        return 0
    print(f"{row['check']} v{row['version']} ({row['family']})\n{row['title'][options.lang]}")
    print(f"{row['description']}\nfacts: {', '.join(row['facts'])}")
    for name, schema in row["parameters"].get("properties", {}).items():
        print(f"  {name} = {json.dumps(schema.get('default'))}")
    return 0


def _described(code: str) -> dict[str, Any]:
    check = REGISTRY[code]
    return {
        "check": check.code,
        "version": check.version,
        "family": check.family,
        "title": dict(check.title),
        "description": " ".join((check.run.__doc__ or "").split()),
        "facts": list(check.facts),
        "parameters": check.parameters,
    }
