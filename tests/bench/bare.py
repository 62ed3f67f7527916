"""A bare warm process: calls, for each line of JSON on its input, the function that it names, and answers one line.

Run by the runtime's interpreter, without any isolation: what a sandboxed job is measured against. It calls the very
functions that jobs call, and has everything imported beforehand.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from evaluator.sandbox.rehearsal import rehearse


def main() -> None:
    rehearse()
    place, path = Path.cwd(), list(sys.path)
    for line in sys.stdin:
        asked = json.loads(line)
        module, _, function = asked["entry"].partition(":")
        value = getattr(import_module(module), function)(asked["payload"])
        print(json.dumps({"value": value}, allow_nan=False), flush=True)
        os.chdir(place)
        sys.path[:] = path


if __name__ == "__main__":
    main()
