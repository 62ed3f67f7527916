"""Where candidates' material is read and run: bubblewrap, a system call filter, limits, and a JSON border."""

from evaluator.sandbox.job import ATTACHMENTS, ENGINE, Bind, Job, JobResult, Level, Network, Usage

__all__ = ["ATTACHMENTS", "ENGINE", "Bind", "Job", "JobResult", "Level", "Network", "Usage"]
