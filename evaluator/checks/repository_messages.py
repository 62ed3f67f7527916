"""The wording of ``evaluator.checks.repository``, and of the errors of the facts that it reads."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "repository.versions.met": {
        "fr": "L’historique compte {count:version|versions} ; il en faut au moins {minimum}.",
        "en": "The history holds {count:version|versions}; at least {minimum} are needed.",
    },
    "repository.versions.not_met": {
        "fr": "L’historique ne compte que {count:version|versions} ; il en faut au moins {minimum}.",
        "en": "The history holds only {count:version|versions}; at least {minimum} are needed.",
    },
    "repository.versions.undecided_absent": {
        "fr": "Le dépôt ne contient pas le dossier .git : l’historique ne peut pas être lu.",
        "en": "The submission does not hold the .git folder: the history cannot be read.",
    },
    "repository.versions.undecided_shallow": {
        "fr": "Le dépôt est un clone partiel : {count:version visible|versions visibles}, "
        "les plus anciennes n’y sont pas.",
        "en": "The repository is a shallow clone: {count:version|versions} can be seen, the older ones are not in it.",
    },
    "git.gitfile": {
        "fr": "{path} est un fichier qui renvoie à un historique placé ailleurs : il ne peut pas être lu.",
        "en": "{path} is a file that points at a history kept elsewhere: it cannot be read.",
    },
    "git.head_invalid": {
        "fr": "L’historique est illisible : HEAD ne désigne aucune version ({head}).",
        "en": "The history cannot be read: HEAD names no version ({head}).",
    },
    "git.format_unsupported": {
        "fr": "L’historique est dans un format que Jalon ne lit pas ({format}).",
        "en": "The history is in a format that Jalon does not read ({format}).",
    },
    "git.pack_unsupported": {
        "fr": "L’historique est illisible : le paquet {path} est absent, abîmé ou d’un format inconnu.",
        "en": "The history cannot be read: the pack {path} is absent, damaged or of an unknown format.",
    },
    "git.object_missing": {
        "fr": "L’historique est incomplet : l’objet {object} manque.",
        "en": "The history is incomplete: the object {object} is missing.",
    },
    "git.object_corrupt": {
        "fr": "L’historique est abîmé : l’objet {object} est illisible.",
        "en": "The history is damaged: the object {object} cannot be read.",
    },
    "git.object_too_large": {
        "fr": "L’historique ne peut pas être lu : l’objet {object} est trop grand.",
        "en": "The history cannot be read: the object {object} is too large.",
    },
    "repository.requirements_pinned.met_lock": {
        "fr": "Le fichier de verrouillage {path} fixe la version de chaque paquet.",
        "en": "The lock file {path} fixes the version of each package.",
    },
    "repository.requirements_pinned.met_all": {
        "fr": "{path} fixe la version de chacun de ses paquets ({total}).",
        "en": "{path} fixes the version of each of its packages ({total}).",
    },
    "repository.requirements_pinned.met": {
        "fr": "{path} fixe la version de {pinned:paquet|paquets} sur {total} ; sans version exacte : {names}.",
        "en": "{path} fixes the version of {pinned:package|packages} out of {total}; "
        "without an exact version: {names}.",
    },
    "repository.requirements_pinned.not_met": {
        "fr": "{path} ne fixe la version que de {pinned:paquet|paquets} sur {total}, il en faut 80 % ; "
        "sans version exacte : {names}.",
        "en": "{path} fixes the version of only {pinned:package|packages} out of {total}, 80% are needed; "
        "without an exact version: {names}.",
    },
    "repository.requirements_pinned.not_met_empty": {
        "fr": "{path} ne nomme aucun paquet.",
        "en": "{path} names no package.",
    },
    "repository.requirements_pinned.not_met_none": {
        "fr": "Aucun fichier ne liste les paquets utilisés (requirements.txt, environment.yml, pyproject.toml…).",
        "en": "No file lists the packages used (requirements.txt, environment.yml, pyproject.toml…).",
    },
    "dependencies.unreadable": {
        "fr": "Le fichier {path} n’a pas la forme que son nom annonce ({reason}).",
        "en": "The file {path} does not have the form that its name announces ({reason}).",
    },
    "repository.readme.met": {
        "fr": "{path} présente l’objectif et le découpage, conforme au dépôt : {found}.",
        "en": "{path} tells the goal and the structure, which is that of the submission: {found}.",
    },
    "repository.readme.met_but": {
        "fr": "{path} présente l’objectif et le découpage ({found}) ; il cite aussi, absents du dépôt : {missing}.",
        "en": "{path} tells the goal and the structure ({found}); it also names what the submission lacks: {missing}.",
    },
    "repository.readme.not_met_none": {
        "fr": "Le dépôt n’a pas de fichier introductif (README).",
        "en": "The submission has no introductory file (README).",
    },
    "repository.readme.not_met_short": {
        "fr": "{path} ne compte que {words:mot|mots} : il ne présente ni l’objectif ni le découpage.",
        "en": "{path} holds only {words:word|words}: it tells neither the goal nor the structure.",
    },
    "repository.readme.not_met_missing": {
        "fr": "{path} décrit des fichiers ou dossiers absents du dépôt : {missing}.",
        "en": "{path} describes files or folders that are not in the submission: {missing}.",
    },
    "repository.readme.not_met_structure": {
        "fr": "{path} ne décrit aucun fichier ni dossier du dépôt.",
        "en": "{path} describes no file or folder of the submission.",
    },
    "repository.readme.undecided_structure": {
        "fr": "{path} cite trop peu de fichiers et de dossiers pour juger du découpage ({count:nom|noms}).",
        "en": "{path} names too few files and folders to judge the structure ({count:name|names}).",
    },
    "repository.readme.undecided_goal": {
        "fr": "{path} décrit le découpage ({found}), mais l’objectif du projet n’y a pas été reconnu.",
        "en": "{path} describes the structure ({found}), but the goal of the project was not recognised in it.",
    },
}
