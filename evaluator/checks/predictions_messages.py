"""The wording of ``evaluator.checks.predictions``, and of what goes with a reference data set."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "predictions.metric.met": {
        "fr": "{metric} = {value:.4f} pour les prédictions de {path}, sur {rows:ligne|lignes} du jeu de données de "
        "référence « {data} » ({aligned}) : {reasons}.",
        "en": "{metric} = {value:.4f} for the predictions of {path}, on {rows:row|rows} of the reference data set "
        "“{data}” ({aligned}): {reasons}.",
    },
    "predictions.metric.not_met": {
        "fr": "{metric} = {value:.4f} pour les prédictions de {path}, sur {rows:ligne|lignes} du jeu de données de "
        "référence « {data} » ({aligned}) : {reasons}.",
        "en": "{metric} = {value:.4f} for the predictions of {path}, on {rows:row|rows} of the reference data set "
        "“{data}” ({aligned}): {reasons}.",
    },
    "predictions.metric.by_identifier": {
        "fr": "rapprochées par {identifier}",
        "en": "matched by {identifier}",
    },
    "predictions.metric.by_rank": {
        "fr": "prises dans l’ordre des lignes",
        "en": "taken in the order of the rows",
    },
    "predictions.metric.not_met_rows": {
        "fr": "Les prédictions de {path} ({delivered:ligne|lignes}) ne correspondent pas aux "
        "{rows:ligne attendue|lignes attendues} : {reasons}.",
        "en": "The predictions of {path} ({delivered:row|rows}) do not match the {rows:row|rows} expected: {reasons}.",
    },
    "predictions.metric.missing": {
        "fr": "{count:identifiant n’a pas de prédiction|identifiants n’ont pas de prédiction}",
        "en": "{count:identifier has no prediction|identifiers have no prediction}",
    },
    "predictions.metric.twice": {
        "fr": "{count:identifiant est donné plusieurs fois|identifiants sont donnés plusieurs fois} ({names})",
        "en": "{count:identifier is given more than once|identifiers are given more than once} ({names})",
    },
    "predictions.metric.unknown": {
        "fr": "{count:identifiant n’est pas attendu|identifiants ne sont pas attendus} ({names})",
        "en": "{count:identifier is not expected|identifiers are not expected} ({names})",
    },
    "predictions.none": {
        "fr": "Aucun fichier de prédictions n’a été reconnu dans le dépôt. Déclarez-le dans jalon.toml "
        "(section [predictions]).",
        "en": "No file of predictions was recognised in the submission. Declare it in jalon.toml (section "
        "[predictions]).",
    },
    "predictions.missing": {
        "fr": "Le fichier de prédictions déclaré, {path}, n’est pas dans le dépôt.",
        "en": "The declared file of predictions, {path}, is not in the submission.",
    },
    "predictions.unreadable": {
        "fr": "Le fichier de prédictions {path} ne se lit pas comme un tableau : voyez la ligne {line}.",
        "en": "The file of predictions {path} does not read as a table: see line {line}.",
    },
    "predictions.too_large": {
        "fr": "Le fichier de prédictions {path} dépasse {limit:size}.",
        "en": "The file of predictions {path} is larger than {limit:size}.",
    },
    "predictions.columns_count": {
        "fr": "Le fichier de prédictions {path} a {found:colonne|colonnes} : {limit} au plus sont lues.",
        "en": "The file of predictions {path} has {found:column|columns}: {limit} at most are read.",
    },
    "predictions.rows": {
        "fr": "Le fichier de prédictions {path} a plus de {limit:ligne|lignes}.",
        "en": "The file of predictions {path} has more than {limit:row|rows}.",
    },
    "predictions.column_missing": {
        "fr": "Le fichier de prédictions {path} n’a pas de colonne {column}.",
        "en": "The file of predictions {path} has no column {column}.",
    },
    "predictions.column_unclear": {
        "fr": "On ne sait quelle colonne de {path} tient les prédictions ({found:possible|possibles}) : nommez-la dans "
        "jalon.toml (section [predictions], column).",
        "en": "Which column of {path} holds the predictions is unclear ({found} possible): name it in jalon.toml "
        "(section [predictions], column).",
    },
    "predictions.wrong_length": {
        "fr": "Le fichier {path} donne {found:prédiction|prédictions}, sans identifiant commun, pour "
        "{expected:ligne attendue|lignes attendues}.",
        "en": "The file {path} gives {found:prediction|predictions}, without a common identifier, for "
        "{expected:row|rows} expected.",
    },
    "predictions.not_numbers": {
        "fr": "Dans {path}, {count:prédiction n’est pas un nombre fini|prédictions ne sont pas des nombres finis} : "
        "voyez la ligne de données {row}.",
        "en": "In {path}, {count:prediction is not a finite number|predictions are not finite numbers}: see data row "
        "{row}.",
    },
    "predictions.empty": {
        "fr": "Dans {path}, {count:prédiction est vide|prédictions sont vides} : voyez la ligne de données {row}.",
        "en": "In {path}, {count:prediction is empty|predictions are empty}: see data row {row}.",
    },
    "reference.absent": {
        "fr": "Le jeu de données de référence « {name} » n’est pas encore fourni par l’organisme certificateur : rien "
        "n’est mesuré, et cela ne vient pas de votre dépôt.",
        "en": "The reference data set “{name}” has not been given by the certifying body yet: nothing is measured, and "
        "this does not come from your submission.",
    },
    "reference.unnamed": {
        "fr": "Le contrôle ne nomme aucun jeu de données de référence. Cela ne vient pas de votre dépôt.",
        "en": "The check names no reference data set. This does not come from your submission.",
    },
    "reference.delivered": {
        "fr": "Le fichier {path} du dépôt est le jeu de données de référence lui-même : une mesure sur des réponses "
        "connues ne prouve rien.",
        "en": "The file {path} of the submission is the reference data set itself: a measure on known answers proves "
        "nothing.",
    },
    "reference.columns": {
        "fr": "Le modèle attend {count:colonne|colonnes} que le jeu de données de référence n’a pas ({names}) : rien "
        "n’est mesuré. Enregistrez le modèle avec sa préparation des données (un pipeline), pour qu’il parte des "
        "colonnes d’origine.",
        "en": "The model expects {count:column|columns} that the reference data set does not have ({names}): nothing "
        "is measured. Save the model with its preparation of the data (a pipeline), so that it starts from the "
        "original columns.",
    },
    "reference.width": {
        "fr": "Le modèle attend {expected:colonne|colonnes} sans les nommer, et le jeu de données de référence en "
        "compte {found} : rien n’est mesuré.",
        "en": "The model expects {expected:column|columns} without naming them, and the reference data set has "
        "{found}: nothing is measured.",
    },
    "reference.unread": {
        "fr": "Le jeu de données de référence n’a pas pu être lu cette fois ({reason}). Cela ne vient pas de votre "
        "dépôt ; la mesure sera reprise.",
        "en": "The reference data set could not be read this time ({reason}). This does not come from your submission; "
        "the measure will be taken up again.",
    },
    "reference.not_csv": {
        "fr": "Le jeu de données de référence ne se lit pas comme un CSV.",
        "en": "The reference data set does not read as a CSV.",
    },
    "reference.not_parquet": {
        "fr": "Le jeu de données de référence ne se lit pas comme un fichier parquet.",
        "en": "The reference data set does not read as a parquet file.",
    },
    "reference.ragged": {
        "fr": "La ligne {line} du jeu de données de référence a {found:champ|champs}, l’en-tête {expected}.",
        "en": "Line {line} of the reference data set has {found:field|fields}, the header {expected}.",
    },
    "reference.rows": {
        "fr": "Le jeu de données de référence a {found:ligne|lignes} : il en faut de 2 à {limit}.",
        "en": "The reference data set has {found:row|rows}: from 2 to {limit} are needed.",
    },
    "reference.columns_count": {
        "fr": "Le jeu de données de référence a {found:colonne|colonnes} : il en faut de 2 à {limit}.",
        "en": "The reference data set has {found:column|columns}: from 2 to {limit} are needed.",
    },
    "reference.column_unnamed": {
        "fr": "La colonne {position} du jeu de données de référence n’a pas de nom, ou un nom trop long.",
        "en": "Column {position} of the reference data set has no name, or too long a one.",
    },
    "reference.column_twice": {
        "fr": "Deux colonnes du jeu de données de référence s’appellent « {column} ».",
        "en": "Two columns of the reference data set are called “{column}”.",
    },
    "reference.column_missing": {
        "fr": "Le jeu de données de référence n’a pas de colonne « {column} ».",
        "en": "The reference data set has no column “{column}”.",
    },
    "reference.target_empty": {
        "fr": "La colonne « {column} » du jeu de données de référence a {count:cellule vide|cellules vides} : la cible "
        "doit être connue partout.",
        "en": "The column “{column}” of the reference data set has {count:empty cell|empty cells}: the target must be "
        "known everywhere.",
    },
    "reference.too_large": {
        "fr": "Le jeu de données de référence est trop grand pour être donné à un modèle : {found:size}, {limit:size} "
        "au plus.",
        "en": "The reference data set is too large to be given to a model: {found:size}, {limit:size} at most.",
    },
}
