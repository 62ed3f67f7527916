"""``python -m evaluator``: the engine from the shell, without database or network."""

import sys

from evaluator.cli import main

sys.exit(main(sys.argv[1:]))
