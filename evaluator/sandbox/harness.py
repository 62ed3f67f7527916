"""Process 1 of a sandbox that starts cold: bears the job, keeps the result channel from it, and reports.

Run as a script by the runtime's interpreter, so it imports the standard library only, and modules of ours that do no
more. The child is another process, and for a privileged platform another user: code of the bundle can neither signal,
trace nor read this one, and what it writes is passed on as its claim, never as a report.

The descriptor of the result channel is the first argument (see ``descriptors``).
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, "/engine")

from evaluator.sandbox.becoming import become_job
from evaluator.sandbox.descriptors import CHANNEL, read_job
from evaluator.sandbox.hearing import bear, follow
from evaluator.sandbox.privileges import seclude


def main() -> None:
    seclude()
    os.dup2(int(sys.argv[1]), CHANNEL)
    job = read_job()
    follow(job, bear(lambda claim, setup: become_job(job, claim, setup)))


if __name__ == "__main__":
    main()
