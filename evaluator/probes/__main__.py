"""``python -m evaluator.probes ADDRESS``: one probe of a public address, told as JSON. 0 when it answered, 1 if not."""

from __future__ import annotations

import json
import sys

from evaluator.probes.prober import Prober


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m evaluator.probes ADDRESS", file=sys.stderr)
        return 2
    told = Prober().probe(arguments[0])
    print(json.dumps(told, indent=2))
    return 0 if told["response"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
