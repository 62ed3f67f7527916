"""The wording of ``evaluator.checks.dynamic``."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "model.loads.met": {
        "fr": "Le modèle {path} se charge en {seconds} s : {model}.",
        "en": "The model {path} loads in {seconds} s: {model}.",
    },
    "model.loads.met_with_warning": {
        "fr": "Le modèle {path} se charge en {seconds} s : {model}, avec un avertissement : {warning}",
        "en": "The model {path} loads in {seconds} s: {model}, with a warning: {warning}",
    },
    "model.loads.met_other_version": {
        "fr": "Le modèle {path} se charge en {seconds} s : {model}. Il a été enregistré avec scikit-learn {inside} et "
        "lu ici avec scikit-learn {here} : ses réponses peuvent en différer.",
        "en": "The model {path} loads in {seconds} s: {model}. It was saved with scikit-learn {inside} and read here "
        "with scikit-learn {here}: its answers may differ because of it.",
    },
    "model.loads.not_met": {
        "fr": "Le modèle {path} ne se charge pas : {type} : {message}",
        "en": "The model {path} does not load: {type}: {message}",
    },
    "model.loads.not_met_refused": {
        "fr": "Le modèle {path} ne se charge pas : à l’ouverture, il demande ce que le bac à sable refuse "
        "({type} : {message}).",
        "en": "The model {path} does not load: when opened, it asks for what the sandbox refuses ({type}: {message}).",
    },
    "model.loads.not_met_no_estimator": {
        "fr": "Le fichier {path} se charge, mais ne contient pas de modèle capable de prédire ({model}).",
        "en": "The file {path} loads, but holds no model that can predict ({model}).",
    },
    "model.loads.undecided_dangerous": {
        "fr": "Le modèle {path} exécute des commandes à l’ouverture ({names}) : qu’il se charge ne prouve rien.",
        "en": "The model {path} runs commands when opened ({names}): that it loads proves nothing.",
    },
    "model.loads.undecided_library": {
        "fr": "Le modèle {path} demande la bibliothèque {module}, absente de l’environnement d’évaluation.",
        "en": "The model {path} asks for the library {module}, which the evaluation environment does not have.",
    },
    "model.loads.undecided_runtime": {
        "fr": "Le modèle {path} ne se charge pas dans l’environnement le plus proche ({type} : {message}). {why}",
        "en": "The model {path} does not load in the nearest environment ({type}: {message}). {why}",
    },
    "model.predicts.zeros": {"fr": "une ligne de zéros", "en": "a row of zeros"},
    "model.predicts.met": {
        "fr": "Le modèle {path} ({model}) rend des prédictions pour {source} : {values}.",
        "en": "The model {path} ({model}) answers predictions for {source}: {values}.",
    },
    "model.predicts.not_met_no_estimator": {
        "fr": "{path} ({model}) n’a pas de méthode predict : il ne rend aucune prédiction.",
        "en": "{path} ({model}) has no predict method: it answers no prediction.",
    },
    "model.predicts.not_met_nothing": {
        "fr": "Le modèle {path} ({model}) répond, mais aucune valeur utilisable.",
        "en": "The model {path} ({model}) answers, but no value that can be used.",
    },
    "model.predicts.undecided_rows": {
        "fr": "Le modèle {path} ({model}) ne dit pas quelles variables il attend : aucune ligne à lui donner.",
        "en": "The model {path} ({model}) does not say which variables it expects: no row could be given to it.",
    },
    "model.predicts.undecided_rows_refused": {
        "fr": "Le modèle {path} ({model}) refuse les lignes essayées ({source}) : {reason}.",
        "en": "The model {path} ({model}) refuses the rows that were tried ({source}): {reason}.",
    },
    "model.none": {
        "fr": "Aucun modèle enregistré n’a été trouvé dans le dépôt.",
        "en": "No saved model was found in the submission.",
    },
    "model.other_format": {
        "fr": "Le modèle trouvé est au format {format}, que l’environnement d’évaluation ne charge pas.",
        "en": "The model found is in the format {format}, which the evaluation environment does not load.",
    },
    "model.metric.met": {
        "fr": "{metric} = {value:.4f}, recalculé sur {rows:ligne|lignes} de {data} : {reasons}.",
        "en": "{metric} = {value:.4f}, computed again on {rows:row|rows} of {data}: {reasons}.",
    },
    "model.metric.not_met": {
        "fr": "{metric} = {value:.4f}, recalculé sur {rows:ligne|lignes} de {data} : {reasons}.",
        "en": "{metric} = {value:.4f}, computed again on {rows:row|rows} of {data}: {reasons}.",
    },
    "model.metric.threshold_held": {
        "fr": "le seuil demandé est atteint ({value:g})",
        "en": "the threshold asked for is reached ({value:g})",
    },
    "model.metric.threshold_missed": {
        "fr": "le seuil demandé n’est pas atteint ({value:g})",
        "en": "the threshold asked for is not reached ({value:g})",
    },
    "model.metric.claim_held": {
        "fr": "la valeur annoncée est retrouvée ({value:g} ± {tolerance:g})",
        "en": "the claimed value is found again ({value:g} ± {tolerance:g})",
    },
    "model.metric.claim_missed": {
        "fr": "la valeur annoncée n’est pas retrouvée ({value:g} ± {tolerance:g})",
        "en": "the claimed value is not found again ({value:g} ± {tolerance:g})",
    },
    "model.metric.constant_held": {
        "fr": "mieux qu’un modèle constant ({value:.4f})",
        "en": "better than a constant model ({value:.4f})",
    },
    "model.metric.constant_missed": {
        "fr": "pas mieux qu’un modèle constant ({value:.4f})",
        "en": "no better than a constant model ({value:.4f})",
    },
    "model.metric.not_met_failed": {
        "fr": "La métrique n’a pas pu être recalculée, le modèle {path} échoue : {type} : {message}",
        "en": "The metric could not be computed again, the model {path} fails: {type}: {message}",
    },
    "model.metric.not_met_hidden": {
        "fr": "Le modèle {path} échoue sur le jeu de données de référence ({type}). Le détail n’est pas montré, car il "
        "pourrait révéler ces données.",
        "en": "The model {path} fails on the reference data set ({type}). The detail is not shown, for it could reveal "
        "these data.",
    },
    "model.metric.undecided_library_hidden": {
        "fr": "Le modèle {path} demande, pour prédire, une bibliothèque absente de l’environnement d’évaluation.",
        "en": "The model {path} asks, to predict, for a library that the evaluation environment does not have.",
    },
    "model.metric.undecided_runtime_hidden": {
        "fr": "Le modèle {path} ne prédit pas dans l’environnement le plus proche ({type}). {why}",
        "en": "The model {path} does not predict in the nearest environment ({type}). {why}",
    },
    "metric.wrong_length_hidden": {
        "fr": "Le modèle n’a pas rendu une prédiction pour chacune des {expected:ligne|lignes} du jeu de données de "
        "référence.",
        "en": "The model did not give one prediction for each of the {expected:row|rows} of the reference data set.",
    },
    "metric.no_data": {
        "fr": "Aucun jeu de données du dépôt ne correspond aux variables du modèle. Déclarez-le dans jalon.toml "
        "(section [metric]).",
        "en": "No data set of the submission matches the variables of the model. Declare it in jalon.toml "
        "(section [metric]).",
    },
    "metric.no_rows": {
        "fr": "Le jeu de données {path} n’a pas assez de lignes dont la cible est connue.",
        "en": "The data set {path} has too few rows with a known target.",
    },
    "metric.not_computable": {
        "fr": "La métrique n’a pas de sens pour ces données ({reason}).",
        "en": "The metric has no meaning for these data ({reason}).",
    },
    "metric.data_missing": {
        "fr": "Le jeu de données déclaré, {path}, n’est pas dans le dépôt.",
        "en": "The declared data set, {path}, is not in the submission.",
    },
    "metric.table_unreadable": {
        "fr": "Le jeu de données {path} ne peut pas être lu : {reason}",
        "en": "The data set {path} cannot be read: {reason}",
    },
    "metric.target_missing": {
        "fr": "Le jeu de données {path} n’a pas de colonne {target}.",
        "en": "The data set {path} has no column {target}.",
    },
    "metric.unknown": {
        "fr": "La métrique {name} n’est pas connue. Métriques connues : {known}.",
        "en": "The metric {name} is not known. Known metrics: {known}.",
    },
    "metric.wrong_length": {
        "fr": "Le modèle a rendu {found:prédiction|prédictions} pour {expected:ligne|lignes}.",
        "en": "The model gave {found:prediction|predictions} for {expected:row|rows}.",
    },
    "metric.not_numbers": {
        "fr": "Le modèle a rendu des valeurs qui ne sont pas des nombres finis.",
        "en": "The model gave values that are not finite numbers.",
    },
}
