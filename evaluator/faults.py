"""The wording of faults: what stopped a job, whose limit it was, and what is missing on our side."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "sandbox.timeout": {
        "fr": "Votre code n’a pas terminé en {seconds} s : la limite de temps est atteinte, il a été arrêté.",
        "en": "Your code did not finish within {seconds} s: the time limit was reached and it was stopped.",
    },
    "sandbox.cpu": {
        "fr": "Votre code a consommé plus de {seconds} s de processeur : il a été arrêté.",
        "en": "Your code used more than {seconds} s of processor time: it was stopped.",
    },
    "sandbox.memory": {
        "fr": "Limite de mémoire de {limit:size} atteinte par votre code : il a été arrêté.",
        "en": "Your code reached the memory limit of {limit:size}: it was stopped.",
    },
    "sandbox.processes": {
        "fr": "Limite de {limit} processus ou fils d’exécution atteinte par votre code.",
        "en": "Your code reached the limit of {limit} processes or threads.",
    },
    "sandbox.output": {
        "fr": "Votre code a écrit plus de {limit:size} sur sa sortie : il a été arrêté.",
        "en": "Your code printed more than {limit:size}: it was stopped.",
    },
    "sandbox.disk": {
        "fr": "Limite d’écriture de {limit:size} atteinte par votre code.",
        "en": "Your code reached the limit of {limit:size} written to disk.",
    },
    "sandbox.network": {
        "fr": "Votre code a demandé le réseau, qui n’existe pas dans le bac à sable ({type} : {message}).",
        "en": "Your code asked for the network, which does not exist in the sandbox ({type}: {message}).",
    },
    "sandbox.forbidden": {
        "fr": "Votre code a demandé ce que le bac à sable refuse ({type} : {message}).",
        "en": "Your code asked for something that the sandbox refuses ({type}: {message}).",
    },
    "sandbox.killed": {
        "fr": "Votre code s’est arrêté brutalement (signal {signal}).",
        "en": "Your code ended abruptly (signal {signal}).",
    },
    "sandbox.result_too_large": {
        "fr": "Le résultat rendu par votre code dépasse {limit:size}.",
        "en": "The result returned by your code is larger than {limit:size}.",
    },
    "sandbox.result_invalid": {
        "fr": "Votre code n’a pas rendu de résultat lisible.",
        "en": "Your code returned no readable result.",
    },
    "candidate.exception": {
        "fr": "Votre code a levé une exception : {type} : {message}",
        "en": "Your code raised an exception: {type}: {message}",
    },
    "sandbox.unavailable": {
        "fr": "Le bac à sable n’est pas disponible sur cette machine ({reason}). Rien n’a été exécuté ; "
        "cela ne vient pas de votre dépôt.",
        "en": "The sandbox is not available on this machine ({reason}). Nothing was run; this does not come from "
        "your submission.",
    },
    "sandbox.level": {
        "fr": "Le niveau d’isolement exigé ({required}) n’est pas atteint ici ({found}). Rien n’a été exécuté ; "
        "cela ne vient pas de votre dépôt.",
        "en": "The isolation level required ({required}) is not reached here ({found}). Nothing was run; this does "
        "not come from your submission.",
    },
    "sandbox.setting": {
        "fr": "Le réglage {name} vaut « {value} », ce qu’il ne peut pas. Rien n’a été exécuté ; "
        "cela ne vient pas de votre dépôt.",
        "en": "The setting {name} is “{value}”, which it cannot be. Nothing was run; this does not come from "
        "your submission.",
    },
    "sandbox.crashed": {
        "fr": "Une tâche de la plateforme s’est interrompue ({reason}). Cela ne vient pas de votre dépôt.",
        "en": "A job of the platform broke off ({reason}). This does not come from your submission.",
    },
    "sandbox.host_memory": {
        "fr": "La mémoire de la machine d’évaluation s’est épuisée et la tâche a été interrompue. "
        "Cela ne vient pas de votre dépôt ; elle sera reprise.",
        "en": "The evaluation machine ran out of memory and the job was interrupted. This does not come from your "
        "submission; it will be taken up again.",
    },
    "runtime.missing": {
        "fr": "L’environnement Python d’évaluation n’est pas construit ({path}). "
        "Lancez « python -m evaluator runtimes build ».",
        "en": "The evaluation Python environment is not built ({path}). Run “python -m evaluator runtimes build”.",
    },
    "runtime.build_failed": {
        "fr": "L’environnement Python d’évaluation n’a pas pu être construit : {reason}",
        "en": "The evaluation Python environment could not be built: {reason}",
    },
    "runtime.setting_invalid": {
        "fr": "JALON_RUNTIME_BUILD_SECONDS doit être un nombre entier de secondes, et non « {value} ».",
        "en": "JALON_RUNTIME_BUILD_SECONDS must be a whole number of seconds, and not “{value}”.",
    },
    "runtime.unresolved": {
        "fr": "L’environnement demandé ({requirements}) ne peut pas être installé ici : {reason}",
        "en": "The environment asked for ({requirements}) cannot be installed here: {reason}",
    },
    "runtime.unreachable": {
        "fr": "L’environnement demandé ({requirements}) n’a pas pu être téléchargé.",
        "en": "The environment asked for ({requirements}) could not be downloaded.",
    },
    "runtime.too_slow": {
        "fr": "L’environnement demandé ({requirements}) est trop long à installer.",
        "en": "The environment asked for ({requirements}) takes too long to install.",
    },
    "runtime.too_large": {
        "fr": "L’environnement demandé ({requirements}) est trop volumineux.",
        "en": "The environment asked for ({requirements}) is too large.",
    },
    "runtime.not_built": {
        "fr": "L’environnement demandé ({requirements}) n’est pas construit.",
        "en": "The environment asked for ({requirements}) is not built.",
    },
    "engine.check_unknown": {
        "fr": "La vérification {check} n’existe pas dans cette version du moteur.",
        "en": "The check {check} does not exist in this version of the engine.",
    },
    "engine.parameters_invalid": {
        "fr": "Les paramètres de la vérification {check} ne sont pas valables : {reason}",
        "en": "The parameters of the check {check} are not valid: {reason}",
    },
    "engine.check_crashed": {
        "fr": "La vérification {check} s’est interrompue par notre faute ({type}). Elle sera reprise.",
        "en": "The check {check} broke off through our fault ({type}). It will be taken up again.",
    },
    "engine.facts_invalid": {
        "fr": "La lecture du dépôt a rendu un résultat mal formé ({name}).",
        "en": "Reading the submission gave a malformed result ({name}).",
    },
    "engine.worker_lost": {
        "fr": "Ce travail a été interrompu plusieurs fois par un arrêt de nos machines.",
        "en": "This work was interrupted several times because our machines stopped.",
    },
    "engine.too_long": {
        "fr": "Ce travail a dépassé le temps que la plateforme lui donne ; il a été interrompu.",
        "en": "This work took longer than the platform allows it; it was interrupted.",
    },
    "engine.crashed": {
        "fr": "Un défaut de la plateforme a interrompu ce travail ({kind}).",
        "en": "A defect of the platform interrupted this work ({kind}).",
    },
    "engine.storage": {
        "fr": "La plateforme n’a pas pu lire ou écrire ses propres fichiers ({kind}).",
        "en": "The platform could not read or write its own files ({kind}).",
    },
    "file.forbidden": {
        "fr": "Le chemin {path} sort du dépôt ou passe par un lien : il n’est pas lu.",
        "en": "The path {path} leaves the submission or goes through a link: it is not read.",
    },
    "file.unreadable": {
        "fr": "Le fichier {path} ne peut pas être lu.",
        "en": "The file {path} cannot be read.",
    },
    "file.too_large": {
        "fr": "Le fichier {path} dépasse {limit:size} : il n’est pas lu.",
        "en": "The file {path} is larger than {limit:size}: it is not read.",
    },
    "file.too_slow": {
        "fr": "La lecture du fichier {path} n’a pas abouti en {seconds} s : elle a été arrêtée.",
        "en": "Reading the file {path} did not end within {seconds} s: it was stopped.",
    },
    "file.too_heavy": {
        "fr": "Le fichier {path} se déplie en plus de données que la mémoire permise : sa lecture a été arrêtée.",
        "en": "The file {path} unfolds to more data than the memory allowed: its reading was stopped.",
    },
    "file.stops_reader": {
        "fr": "Le fichier {path} interrompt le logiciel qui le lit : il n’est pas lu.",
        "en": "The file {path} aborts the software that reads it: it is not read.",
    },
    "file.not_reached": {
        "fr": "Le fichier {path} n’a pas été lu : le dépôt a épuisé le temps prévu pour sa lecture.",
        "en": "The file {path} was not read: the submission used up the time allowed for reading it.",
    },
    "facts.not_reached": {
        "fr": "Cette partie du dépôt ({name}) n’a pas été lue : il a épuisé le temps prévu pour sa lecture.",
        "en": "This part of the submission ({name}) was not read: it used up the time allowed for reading it.",
    },
    "facts.files_not_reached": {
        "fr": "Cette partie du dépôt ({name}) n’a pas été lue : il a épuisé le temps prévu pour sa lecture. "
        "Fichiers en cause : {paths}.",
        "en": "This part of the submission ({name}) was not read: it used up the time allowed for reading it. "
        "Files concerned: {paths}.",
    },
    "declaration.invalid": {
        "fr": "Le fichier {path} n’est pas un TOML valable : {reason}",
        "en": "The file {path} is not valid TOML: {reason}",
    },
}
