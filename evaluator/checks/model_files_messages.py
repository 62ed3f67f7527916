"""The wording of ``evaluator.checks.model_files``, and of the errors of the facts that it reads."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "model.serialized.met": {
        "fr": "Un modèle est enregistré dans {path} : {classes} ({format}).",
        "en": "A model is saved in {path}: {classes} ({format}).",
    },
    "model.serialized.met_network": {
        "fr": "Un réseau de neurones est enregistré dans {path} ({format}).",
        "en": "A neural network is saved in {path} ({format}).",
    },
    "model.serialized.not_met": {
        "fr": "Aucun modèle enregistré n’est dans le dépôt.",
        "en": "No saved model is in the submission.",
    },
    "model.serialized.not_met_other": {
        "fr": "Ce qui est enregistré n’est pas un modèle capable de prédire : {classes} ({paths}).",
        "en": "What is saved is not a model that can predict: {classes} ({paths}).",
    },
    "model.serialized.undecided_unknown": {
        "fr": "{path} contient des classes inconnues de Jalon ({classes}) : une personne doit dire si c’est un modèle.",
        "en": "{path} holds classes unknown to Jalon ({classes}): a person must tell whether it is a model.",
    },
    "model.passport.met": {
        "fr": "{path} a été enregistré avec {library} {inside}, ce qui concorde avec {file} ({library}{spec}).",
        "en": "{path} was saved with {library} {inside}, which agrees with {file} ({library}{spec}).",
    },
    "model.passport.not_met": {
        "fr": "{path} a été enregistré avec {library} {inside}, mais {file} demande {library}{spec}.",
        "en": "{path} was saved with {library} {inside}, but {file} asks for {library}{spec}.",
    },
    "model.passport.not_met_dangerous": {
        "fr": "Le chargement du modèle importerait des fonctions dangereuses : {names} ({paths}).",
        "en": "Loading the model would import dangerous functions: {names} ({paths}).",
    },
    "model.passport.undecided_none": {
        "fr": "Aucun modèle enregistré n’est dans le dépôt : il n’y a pas de version à comparer.",
        "en": "No saved model is in the submission: there is no version to compare.",
    },
    "model.passport.undecided_versions": {
        "fr": "{path} ne dit pas avec quelles versions il a été enregistré ; bibliothèques : {packages}.",
        "en": "{path} does not tell with which versions it was saved; libraries: {packages}.",
    },
    "model.passport.undecided_not_declared": {
        "fr": "{path} a été enregistré avec {library} {inside}, que le projet ne déclare pas dans ses dépendances.",
        "en": "{path} was saved with {library} {inside}, which the project does not declare in its dependencies.",
    },
    "model.passport.undecided_not_pinned": {
        "fr": "{path} a été enregistré avec {library} {inside} ; {file} cite {library} sans version.",
        "en": "{path} was saved with {library} {inside}; {file} names {library} without a version.",
    },
    "model.truncated": {
        "fr": "Le fichier {path} est incomplet : il s’arrête avant la fin du modèle.",
        "en": "The file {path} is incomplete: it ends before the model does.",
    },
    "model.corrupt": {
        "fr": "Le fichier {path} est abîmé : son contenu n’est pas celui d’un modèle.",
        "en": "The file {path} is damaged: its content is not that of a model.",
    },
    "model.too_large": {
        "fr": "Le fichier {path} est trop grand, une fois décompressé, pour être lu.",
        "en": "The file {path} is too large, once decompressed, to be read.",
    },
    "model.too_many_opcodes": {
        "fr": "Le fichier {path} contient trop d’instructions pour être lu.",
        "en": "The file {path} holds too many instructions to be read.",
    },
    "model.compression_unsupported": {
        "fr": "Le fichier {path} est compressé d’une façon que Jalon ne lit pas.",
        "en": "The file {path} is compressed in a way that Jalon does not read.",
    },
    "model.not_a_pickle": {
        "fr": "Le fichier {path} porte le nom d’un modèle enregistré mais n’en est pas un "
        "(fichier vide, pointeur Git LFS…).",
        "en": "The file {path} is named as a saved model but is not one (empty file, Git LFS pointer…).",
    },
}
