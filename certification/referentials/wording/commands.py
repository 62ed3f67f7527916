"""What the use cases refuse, and what the command `referentials` prints."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "edition.no_draft": {
        "fr": "L’édition « {edition} » n’est pas un brouillon.",
        "en": "The edition ‘{edition}’ is no draft.",
    },
    "edition.in_use": {
        "fr": "Le brouillon « {edition} » est déjà utilisé : donner une nouvelle édition.",
        "en": "The draft ‘{edition}’ is used already: give a new edition.",
    },
    "edition.not_published": {
        "fr": "L’édition « {edition} » n’est pas publiée.",
        "en": "The edition ‘{edition}’ is not published.",
    },
    "edition.correct_it": {
        "fr": "L’édition « {edition} » n’est pas encore publiée : corrigez-la directement.",
        "en": "The edition ‘{edition}’ is not published yet: correct it directly.",
    },
    "edition.exists": {
        "fr": "L’édition « {edition} » existe déjà.",
        "en": "The edition ‘{edition}’ exists already.",
    },
    "edition.table_frozen": {
        "fr": "L’édition « {edition} » est figée : sa table de report ne change plus.",
        "en": "The edition ‘{edition}’ is frozen: its carry-over table changes no more.",
    },
    "edition.frozen": {
        "fr": "L’édition « {edition} » est figée et son contenu diffère : donner une nouvelle édition.",
        "en": "The edition ‘{edition}’ is frozen and its content differs: give a new edition.",
    },
    "edition.changed": {
        "fr": "Le brouillon « {edition} » a changé entre-temps.",
        "en": "The draft ‘{edition}’ has changed meanwhile.",
    },
    "edition.nothing_to_undo": {
        "fr": "Il n’y a plus rien à annuler dans « {edition} ».",
        "en": "There is nothing left to undo in ‘{edition}’.",
    },
    "shipped.unknown": {
        "fr": "Aucun référentiel fourni ne porte le code « {code} » ; codes connus : {known}.",
        "en": "No framework shipped bears the code ‘{code}’; known codes: {known}.",
    },
    "file.failed": {"fr": "{path} : {reason}.", "en": "{path}: {reason}."},
    "tell.give_something": {
        "fr": "Donner un code, --file, ou --all.",
        "en": "Give a code, --file, or --all.",
    },
    "tell.no_edition": {
        "fr": "Aucune édition chargée pour « {code} ».",
        "en": "No edition loaded for ‘{code}’.",
    },
    "tell.loaded": {"fr": "{edition} : {outcome}, {status}.", "en": "{edition}: {outcome}, {status}."},
    "tell.nothing_loaded": {
        "fr": "Aucune édition n’est chargée : voir « load --all ».",
        "en": "No edition is loaded: see ‘load --all’.",
    },
    "tell.created": {"fr": "chargé", "en": "loaded"},
    "tell.replaced": {"fr": "remplacé", "en": "replaced"},
    "tell.unchanged": {"fr": "inchangé", "en": "unchanged"},
    "status.draft": {"fr": "brouillon", "en": "draft"},
    "status.published": {"fr": "publié", "en": "published"},
    "status.archived": {"fr": "archivé", "en": "archived"},
    "tell.published": {
        "fr": "{edition} : publié, empreinte {digest}.",
        "en": "{edition}: published, hash {digest}.",
    },
    "tell.archived": {"fr": "{edition} : archivé.", "en": "{edition}: archived."},
    "tell.edition": {
        "fr": "{code} {edition} ({status}) : {blocs:bloc|blocs}, {activities:activité|activités}, "
        "{tasks:tâche|tâches}, {competencies:compétence|compétences}, {criteria:critère|critères}, "
        "{sub_items:sous-élément|sous-éléments}, {assessments:épreuve|épreuves}, "
        "{deliverables:livrable nommé|livrables nommés}, {implied_deliverables:livrable supposé|livrables supposés}",
        "en": "{code} {edition} ({status}): {blocs:skills block|skills blocks}, {activities:activity|activities}, "
        "{tasks:task|tasks}, {competencies:competency|competencies}, {criteria:criterion|criteria}, "
        "{sub_items:sub-item|sub-items}, {assessments:assessment|assessments}, "
        "{deliverables:deliverable named|deliverables named}, "
        "{implied_deliverables:deliverable implied|deliverables implied}",
    },
    "tell.no_screen": {
        "fr": "Un classeur ne s’affiche pas : donner --output FICHIER.",
        "en": "A workbook is not shown on a screen: give --output FILE.",
    },
    "tell.error": {"fr": "erreur : {said}", "en": "error: {said}"},
    "tell.warning": {"fr": "attention : {said}", "en": "warning: {said}"},
    "tell.info": {"fr": "à savoir : {said}", "en": "note: {said}"},
    "tell.errors": {"fr": "{count:erreur|erreurs}.", "en": "{count:error|errors}."},
    "tell.valid": {"fr": "Le fichier est valable.", "en": "The file is valid."},
    "tell.imported": {
        "fr": "{title} : {blocs:bloc|blocs}, {competencies:compétence|compétences}, {criteria:critère|critères}, "
        "{assessments:épreuve|épreuves}.",
        "en": "{title}: {blocs:skills block|skills blocks}, {competencies:competency|competencies}, "
        "{criteria:criterion|criteria}, {assessments:assessment|assessments}.",
    },
    "tell.title": {"fr": "{code} {edition}", "en": "{code} {edition}"},
    "tell.coverage": {
        "fr": "{label} : {total:critère|critères}, dont {decided:décidé|décidés}, {informed:éclairé|éclairés}, "
        "{human:laissé aux personnes|laissés aux personnes}",
        "en": "{label}: {total:criterion|criteria}, of which {decided} decided, {informed} informed, "
        "{human} left to people",
    },
    "tell.competencies": {
        "fr": "{label} : sans critère ; {count:compétence|compétences} au jugement des personnes",
        "en": "{label}: without criteria; {count:competency|competencies} for people to judge",
    },
    "tell.bloc": {"fr": "Bloc {bloc}", "en": "Skills block {bloc}"},
    "tell.no_bloc": {"fr": "Hors bloc", "en": "Outside any skills block"},
    "tell.total": {"fr": "Total", "en": "Total"},
    "help.command": {
        "fr": "Charge, publie, liste, exporte, importe et vérifie les référentiels.",
        "en": "Loads, publishes, lists, exports, imports and checks frameworks.",
    },
    "help.lang": {
        "fr": "langue des messages ; celle de LANGUAGE sinon",
        "en": "language of the messages; that of LANGUAGE otherwise",
    },
    "help.load": {
        "fr": "charge des référentiels fournis, ou un fichier",
        "en": "loads frameworks shipped, or a file",
    },
    "help.codes": {"fr": "codes des référentiels fournis", "en": "codes of the frameworks shipped"},
    "help.all": {"fr": "tous les référentiels fournis", "en": "all the frameworks shipped"},
    "help.file": {"fr": "un fichier YAML", "en": "a YAML file"},
    "help.publish_loaded": {"fr": "publie les brouillons chargés", "en": "publishes the drafts loaded"},
    "help.publish": {"fr": "publie un brouillon", "en": "publishes a draft"},
    "help.archive": {"fr": "archive une édition publiée", "en": "archives a published edition"},
    "help.list": {
        "fr": "liste les éditions et ce qu’elles contiennent",
        "en": "lists the editions and what they hold",
    },
    "help.export": {
        "fr": "écrit une édition dans un des formats d’échange",
        "en": "writes an edition in one of the exchange formats",
    },
    "help.output": {
        "fr": "un fichier plutôt que la sortie standard",
        "en": "a file rather than the standard output",
    },
    "help.validate": {
        "fr": "vérifie un fichier YAML sans rien charger",
        "en": "checks a YAML file without loading anything",
    },
    "help.import": {
        "fr": "lit un fichier d’ailleurs, dit ce qui y est douteux, et l’écrit en YAML",
        "en": "reads a file from elsewhere, tells what is doubtful in it, and writes it as YAML",
    },
    "help.fiche": {
        "fr": "numéro de la fiche, dans un fichier de France compétences",
        "en": "number of the record, in a file of France compétences",
    },
    "help.coverage": {
        "fr": "ce que la machine décide ou éclaire, par bloc ; de tous les référentiels sans code",
        "en": "what the machine decides or informs, by skills block; of all frameworks without a code",
    },
    "help.code": {"fr": "code de la certification", "en": "code of the certification"},
    "help.edition": {"fr": "édition ; la plus récente sinon", "en": "edition; the latest otherwise"},
}
