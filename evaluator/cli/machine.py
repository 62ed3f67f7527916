"""``selftest`` and ``runtimes``: what this machine can do, and what it holds."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from evaluator.cli.terminal import printable
from evaluator.errors import EngineFault
from evaluator.limits import MB

_DAY = 86400.0


def selftest(options: argparse.Namespace) -> int:
    from evaluator.sandbox.selftest import selftest as tried

    report = tried()
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        return 0
    print(f"isolation: {report.level.value}" + (f" ({report.reason})" if report.reason else ""))
    print(f"start: {report.start}" + (f" ({report.start_reason})" if report.start_reason else ""))
    for probe in report.probes:
        print(f"  {'✓' if probe.contained else '✗'} {probe.start} {probe.name}: {probe.observed}")
    return 0


def build(options: argparse.Namespace) -> int:
    """Raises EngineFault when the builder fails."""
    from evaluator.runtimes.build import build_default

    runtime, built = build_default()
    if options.json:
        print(json.dumps({"folder": str(runtime.folder), "digest": runtime.digest, "built": built}))
    else:
        print(f"{'built' if built else 'up to date'}: {runtime.folder} ({runtime.digest[:12]})")
    return 0


def runtimes(options: argparse.Namespace) -> int:
    from evaluator import messages
    from evaluator.runtimes.builder import builds

    found = builds()
    if options.json:
        print(json.dumps([asdict(build) for build in found], ensure_ascii=False, indent=2))
        return 0
    for build in found:
        size = f"{build.bytes / MB:.0f} MB" if build.bytes else ""
        print(f"{build.state:<8} {build.seconds:6.1f} s {size:>8}  {', '.join(build.requirements)}")
        if build.code:
            fault = EngineFault(build.code, requirements=list(build.requirements), reason=build.reason)
            print(printable(f"    {messages.render(fault.message, options.lang)}"))
    return 0


def prune(options: argparse.Namespace) -> int:
    from evaluator.runtimes import builder

    removed = builder.prune(options.days * _DAY)
    print(json.dumps({"removed": removed}) if options.json else f"removed: {len(removed)}")
    return 0
