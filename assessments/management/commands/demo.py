"""Runs the whole platform on this machine, for someone who wants to see it."""

import json
import os
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from certification import health, processes
from certification.steps import Steps


class Command(BaseCommand):
    help = "Starts the services, the worker and the web server on this machine, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop once the steps are done")
        parser.add_argument("--address", default="127.0.0.1:8000", help="where to serve (host:port)")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = Steps(sys.stdout)
        try:
            with processes.stoppable(), processes.Processes(settings.LOG_DIR) as programs:
                self.prepare(steps, programs)
                if not options["no_serve"]:
                    self.serve(steps, programs, options["address"])
        except KeyboardInterrupt:
            steps.say("\nArrêté : aucun processus ne reste.")
        steps.say(f"Terminé en {steps.total():.1f} s.")

    def prepare(self, steps: Steps, programs: processes.Processes) -> None:
        with steps.step("PostgreSQL et Redis répondent") as details:
            state = health.report()["checks"]
            details += [f"{name} : {state[name]['detail']}" for name in ("database", "redis")]
        with steps.step("Base de données à jour"):
            call_command("migrate", verbosity=0, interactive=False)
        worker = processes.worker(os.cpu_count() or 1, ready=health.worker_is_up)
        with steps.step("Worker et horloge démarrés"):
            programs.start(worker)
            programs.start(processes.beat())
            programs.wait_ready(worker)

    def serve(self, steps: Steps, programs: processes.Processes, address: str) -> None:
        web = processes.web(address, ready=lambda: _answers(address))
        with steps.step(f"Serveur web sur http://{address}/"):
            programs.start(web)
            programs.wait_ready(web)
        steps.say("Ctrl-C pour tout arrêter.")
        programs.watch()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/healthz", timeout=2) as answer:
            return bool(json.load(answer)["ok"])
    except (OSError, urllib.error.URLError):
        return False
