"""The wording of ``evaluator.checks.quality``."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "repository.functions_commented.met": {
        "fr": "{commented} des {total} fonctions ont une description ou un commentaire ({share} %).",
        "en": "{commented} of the {total} functions have a docstring or a comment ({share}%).",
    },
    "repository.functions_commented.not_met": {
        "fr": "{commented:fonction a|fonctions ont} une description ou un commentaire, sur {total} ({share} %).",
        "en": "{commented:function has|functions have} a docstring or a comment, out of {total} ({share}%).",
    },
    "repository.functions_commented.undecided": {
        "fr": "{commented} des {total} fonctions ont une description ou un commentaire ({share} %) : "
        "c’est à la limite, à une personne d’en juger.",
        "en": "{commented} of the {total} functions have a docstring or a comment ({share}%): "
        "a borderline case, for a person to judge.",
    },
    "repository.functions_commented.undecided_none": {
        "fr": "Aucune fonction n’a été trouvée dans le code.",
        "en": "No function was found in the code.",
    },
    "repository.secrets.met": {
        "fr": "Aucun mot de passe ni aucune clé en clair n’a été trouvé ({files:fichier lu|fichiers lus}).",
        "en": "No password and no key in clear was found ({files:file|files} read).",
    },
    "repository.secrets.not_met": {
        "fr": "Un mot de passe ou une clé est en clair dans {path} ({count:endroit|endroits} au total). "
        "La valeur n’est pas montrée ; elle est à révoquer.",
        "en": "A password or a key stands in clear in {path} ({count:place|places} in all). "
        "Its value is not shown; it should be revoked.",
    },
    "repository.secrets.undecided_long": {
        "fr": "L’archive est trop longue pour avoir été lue en entier ; rien n’a été trouvé dans ce qui a été lu.",
        "en": "The archive is too long to have been read whole; nothing was found in what was read.",
    },
    "repository.secrets.undecided_none": {
        "fr": "L’archive ne contient aucun texte à lire.",
        "en": "The archive holds no text to read.",
    },
    "notebook.outputs.met": {
        "fr": "{count:notebook a été exécuté|notebooks ont été exécutés} dans l’ordre, sans erreur affichée.",
        "en": "{count:saved notebook was|saved notebooks were} run in order, without an error shown.",
    },
    "notebook.outputs.not_met_error": {
        "fr": "La cellule {cell} de {path} affiche une erreur ({count} sur {total} notebooks sont à revoir).",
        "en": "Cell {cell} of {path} shows an error ({count} of {total} notebooks need a look).",
    },
    "notebook.outputs.not_met_order": {
        "fr": "La cellule {cell} de {path} a été exécutée avant une cellule qui la précède "
        "({count} sur {total} notebooks sont à revoir).",
        "en": "Cell {cell} of {path} was run before a cell that stands above it "
        "({count} of {total} notebooks need a look).",
    },
    "notebook.outputs.not_met_not_run": {
        "fr": "La cellule {cell} de {path} n’a pas été exécutée ({count} sur {total} notebooks sont à revoir).",
        "en": "Cell {cell} of {path} was not run ({count} of {total} notebooks need a look).",
    },
    "notebook.outputs.undecided_uncounted": {
        "fr": "{path} montre des résultats, mais l’ordre d’exécution de ses cellules n’a pas été enregistré.",
        "en": "{path} shows results, but the order in which its cells were run was not saved.",
    },
    "notebook.outputs.undecided_none": {
        "fr": "L’archive ne contient aucun notebook lisible qui ait du code.",
        "en": "The archive holds no readable notebook with code.",
    },
    "code.quality.undecided": {
        "fr": "Pour l’échange avec le mentor : {functions:fonction|fonctions} dans {files:fichier|fichiers}, "
        "dont {complex} de complexité supérieure à 10 ; {unused:import sans usage|imports sans usage}, "
        "{broken:passage illisible|passages illisibles}.",
        "en": "For the talk with the mentor: {functions:function|functions} in {files:file|files}, {complex} of which "
        "of complexity above 10; {unused:unused import|unused imports}, "
        "{broken:passage that does not parse|passages that do not parse}.",
    },
    "code.quality.undecided_clean": {
        "fr": "Le code se lit sans erreur : {functions:fonction|fonctions} dans {files:fichier|fichiers}, "
        "aucune complexe, aucun import sans usage.",
        "en": "The code parses: {functions:function|functions} in {files:file|files}, none complex, no unused import.",
    },
    "code.quality.undecided_none": {
        "fr": "L’archive ne contient pas de code Python.",
        "en": "The archive holds no Python code.",
    },
}
