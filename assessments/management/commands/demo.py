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
from django.core.management.base import BaseCommand, CommandError

from assessments.management import scenario
from assessments.models import Submission
from certification import health, processes
from certification.steps import Steps


class Command(BaseCommand):
    help = "Starts the services, the worker and the web server on this machine, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop once the steps are done")
        parser.add_argument("--address", default="127.0.0.1:8000", help="where to serve (host:port)")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = Steps(sys.stdout)
        # Before anything is started: what the programs print, write and send leads to where they are served.
        settings.JALON_BASE_URL = os.environ.setdefault("JALON_BASE_URL", f"http://{options['address']}")
        if options["no_serve"]:  # nobody will send a project of their own: nothing is worth a download
            os.environ.setdefault("JALON_RUNTIME_BUILD_SECONDS", "0")
        try:
            with processes.stoppable(), processes.Processes(settings.LOG_DIR) as programs:
                self.prepare(steps, programs)
                stopped = self.told(steps)
                if not options["no_serve"]:
                    self.serve(steps, programs, options["address"])
        except KeyboardInterrupt:
            steps.say("\nArrêté : aucun processus ne reste.")
            return
        if stopped is not None:
            raise CommandError(str(stopped))
        steps.say(f"Terminé en {steps.total():.1f} s.")

    def told(self, steps: Steps) -> scenario.StoryStopped | None:
        """Tell the story; where it stopped is said at once, and what stands is served all the same."""
        try:
            self.tell(steps)
        except scenario.StoryStopped as stopped:
            steps.say(f"\n{stopped}\nRelancer la même commande reprend la démonstration là où elle s'est arrêtée.")
            return stopped
        return None

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

    def tell(self, steps: Steps) -> None:
        """The chain, from référentiel to report, then two more works left for whoever tries the screens."""
        with steps.step("Référentiels chargés et publiés") as details:
            editions = scenario.load_referentials()
            details += [f"{edition.certification.code} {edition.edition}" for edition in editions]
            referential = next(edition for edition in editions if edition.certification.code == scenario.CODE)
        with steps.step("Comptes, session et inscriptions"):
            people = scenario.cast()
            session = scenario.session_of(referential, people)
        with steps.step("Projet déposé") as details:
            archives = scenario.samples(settings.BASE_DIR / "var" / "samples")
            submission = scenario.deposit(
                scenario.work_of(session, people.candidates[0], "BLOC 5"),
                people.candidates[0],
                archives["good"],
                steps.advance,
            )
            details.append(f"{submission.file_name}, sha256 {submission.bundle_id}")
        self.evaluate(steps, "Projet évalué par le worker", submission)
        with steps.step("Mentor : travail admis à la soutenance"):
            scenario.admit(submission, people.mentor)
        with steps.step("Jury : trois bulletins scellés, bloc décidé") as details:
            sitting = scenario.sitting_of(session, people)
            decision = scenario.decide(scenario.slot_of(submission, sitting, people), people)
            details.append(decision.get_outcome_display())
        with steps.step("Rapport d'évaluation émis") as details:
            document, path = scenario.report_of(decision, steps.advance)
            details.append(f"{path.relative_to(settings.BASE_DIR)} ({document.number})")
        self.leave_more(steps, scenario.Stage(session, people, sitting, archives))

    def leave_more(self, steps: Steps, stage: scenario.Stage) -> None:
        """A flawed project waits for the mentor, another waits for its jury: the screens have something to do."""
        _first, second, third = stage.people.candidates
        with steps.step("Autres travaux : l'un attend le mentor, l'autre le jury"):
            flawed = scenario.deposit(
                scenario.work_of(stage.session, second, "BLOC 5"), second, stage.archives["flawed"], steps.advance
            )
            waiting = scenario.deposit(
                scenario.work_of(stage.session, third, "BLOC 1"), third, stage.archives["good"], steps.advance
            )
        self.evaluate(steps, "Projet défectueux évalué par le worker", flawed)
        self.evaluate(steps, "Projet du bloc 1 évalué par le worker", waiting)
        scenario.admit(waiting, stage.people.mentor)
        scenario.slot_of(waiting, stage.sitting, stage.people)

    def evaluate(self, steps: Steps, name: str, submission: Submission) -> None:
        with steps.step(name) as details:
            results = scenario.evaluated(submission, steps.advance)
            details.append(f"{len(results)} contrôles : {scenario.outcome_counts(results)}")
            details += [f"{result.outcome:<10} {result.check_code}" for result in results]

    def serve(self, steps: Steps, programs: processes.Processes, address: str) -> None:
        web = processes.web(address, ready=lambda: _answers(address))
        with steps.step(f"Serveur web sur http://{address}/"):
            programs.start(web)
            programs.wait_ready(web)
        steps.say(f"\nComptes de démonstration (mot de passe : {scenario.PASSWORD})")
        for account in scenario.ACCOUNTS:
            steps.say(f"    {account.email:<28} {account.name}")
        steps.say("\nCtrl-C pour tout arrêter.")
        programs.watch()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/healthz", timeout=2) as answer:
            return bool(json.load(answer)["ok"])
    except (OSError, urllib.error.URLError):
        return False
