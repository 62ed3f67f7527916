"""What is wrong with a form: validation, references, rules, the reading of YAML."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "": {"fr": "", "en": ""},
    "form.problem": {"fr": "{path} : {message}", "en": "{path}: {message}"},
    "form.root": {"fr": "(racine)", "en": "(root)"},
    "form.mapping": {"fr": "un ensemble de clés est attendu ici.", "en": "a set of keys is expected here."},
    "form.unknown_key": {
        "fr": "clé inconnue ; clés possibles : {known}.",
        "en": "unknown key; possible keys: {known}.",
    },
    "form.list": {"fr": "une liste est attendue ici.", "en": "a list is expected here."},
    "form.missing": {"fr": "champ obligatoire, absent.", "en": "required field, absent."},
    "form.text": {
        "fr": 'un texte est attendu ici ; écrire "{value}" entre guillemets ?',
        "en": 'a text is expected here; write "{value}" in quotes?',
    },
    "form.empty": {
        "fr": "texte vide ; retirer la clé s’il n’y a rien à dire.",
        "en": "empty text; remove the key when there is nothing to say.",
    },
    "form.spaces": {
        "fr": "espaces en début ou en fin de texte.",
        "en": "spaces at the beginning or at the end of the text.",
    },
    "form.control_character": {"fr": "caractère de contrôle dans le texte.", "en": "control character in the text."},
    "form.too_long": {
        "fr": "texte de plus de {limit:caractère|caractères}.",
        "en": "text of more than {limit:character|characters}.",
    },
    "form.integer": {"fr": "un nombre entier est attendu ici.", "en": "a whole number is expected here."},
    "form.range": {
        "fr": "nombre attendu entre {least} et {most}.",
        "en": "number expected between {least} and {most}.",
    },
    "form.boolean": {"fr": "« true » ou « false » est attendu ici.", "en": "‘true’ or ‘false’ is expected here."},
    "form.unwritten": {"fr": "texte encore à rédiger.", "en": "text still to be written."},
    "form.choice": {"fr": "une valeur parmi : {known}.", "en": "one of these values: {known}."},
    "form.twice": {"fr": "donné deux fois.", "en": "given twice."},
    "form.key_no_text": {"fr": "la clé « {key} » n’est pas un texte.", "en": "the key ‘{key}’ is no text."},
    "form.lossy": {
        "fr": "valeur impossible à conserver sans perte.",
        "en": "value that cannot be kept without loss.",
    },
    "form.slug": {
        "fr": "minuscules, chiffres et tirets seulement.",
        "en": "lower-case letters, digits and hyphens only.",
    },
    "form.exists": {"fr": "cette édition existe déjà.", "en": "this edition exists already."},
    "form.unknown_check": {"fr": "contrôle inconnu : {check}.", "en": "unknown check: {check}."},
    "form.check_params": {"fr": "paramètre refusé : {reason}.", "en": "parameter refused: {reason}."},
    "form.unknown_bloc": {
        "fr": "aucun bloc n’a ce code ni cette clé.",
        "en": "no skills block has this code or this key.",
    },
    "form.unknown_reference": {"fr": "« {reference} » ne désigne rien.", "en": "‘{reference}’ refers to nothing."},
    "form.ambiguous_reference": {
        "fr": "« {reference} » désigne plusieurs éléments ; leur donner une clé `key`.",
        "en": "‘{reference}’ refers to several items; give them a `key`.",
    },
    "form.reference_twice": {
        "fr": "« {reference} » est désigné deux fois.",
        "en": "‘{reference}’ is referred to twice.",
    },
    "form.bloc_key_taken": {"fr": "un autre bloc porte ce code.", "en": "another skills block bears this code."},
    "form.check_twice": {"fr": "contrôle nommé deux fois : {check}.", "en": "check named twice: {check}."},
    "form.code_twice": {"fr": "code répété : {text}.", "en": "repeated code: {text}."},
    "form.key_twice": {"fr": "clé de renvoi répétée : {text}.", "en": "repeated reference key: {text}."},
    "form.unknown_group": {"fr": "groupe d’options inconnu.", "en": "unknown group of options."},
    "form.too_few_options": {
        "fr": "{choose:bloc|blocs} à choisir parmi {count}.",
        "en": "{choose:skills block|skills blocks} to choose among {count}.",
    },
    "form.unknown_container": {"fr": "aucun livrable n’a cette clé.", "en": "no deliverable has this key."},
    "form.nested_container": {
        "fr": "le contenant est lui-même contenu.",
        "en": "what contains it is itself contained.",
    },
    "form.unmapped": {
        "fr": "rien ne dit ce que cette épreuve évalue, et elle n’est pas seule à évaluer son bloc, ou le référentiel "
        "sans blocs : cochez les compétences qu’elle couvre et dites que cette répartition est celle du "
        "certificateur. Aucune session ne s’ouvre sans cela.",
        "en": "nothing says what this assessment judges, and it is not alone in its skills block, or in the framework "
        "without blocks: tick the competencies it covers, and say that this mapping is the certifier’s. No session "
        "opens without it.",
    },
    "form.mapping_empty": {
        "fr": "la répartition est dite du certificateur, mais l’épreuve ne nomme ni compétence ni critère.",
        "en": "the mapping is said to be the certifier’s, but the assessment names no competency and no criterion.",
    },
    "form.unjudged": {
        "fr": "aucune épreuve de son bloc, ou du référentiel sans blocs, ne l’évalue : ajoutez-le à l’une d’elles.",
        "en": "no assessment of its skills block, or of the framework without blocks, judges it: add it to one.",
    },
    "form.unjudged_bloc": {
        "fr": "ce bloc n’a aucune épreuve : rien ne permet de l’obtenir.",
        "en": "this skills block has no assessment: nothing lets anybody earn it.",
    },
    "form.award_weights": {
        "fr": "toutes les lignes ont un poids nul ({unit}) : donnez un poids à l’une d’elles, ou choisissez une règle "
        "qui ne compte pas les poids.",
        "en": "every line has a weight of zero ({unit}): give one of them a weight, or choose a rule that counts no "
        "weights.",
    },
    "form.award_points": {
        "fr": "le seuil de {threshold} dépasse les {most} points que donnent toutes les lignes ({unit}) : abaissez-le, "
        "ou relevez des poids.",
        "en": "the threshold of {threshold} is above the {most} points that all lines give ({unit}): lower it, or "
        "raise some weights.",
    },
    "form.award_no_blocs": {
        "fr": "la règle demande tous les blocs, et le référentiel n’en a pas : laissez la certification au jury, ou "
        "ajoutez d’abord les blocs.",
        "en": "the rule asks for every skills block, and the framework has none: leave the certification to the jury, "
        "or add the blocks first.",
    },
    "form.award_kind": {
        "fr": "la règle demande une épreuve de la certification entière qui n’existe pas ({kinds}) : ajoutez-la hors "
        "bloc, ou retirez-la de la règle.",
        "en": "the rule asks for an assessment of the whole certification that does not exist ({kinds}): add it "
        "outside any skills block, or take it out of the rule.",
    },
    "form.award_exempt": {
        "fr": "des voies d’accès sont dispensées d’épreuves que la règle ne demande pas : dites lesquelles, ou retirez "
        "la dispense.",
        "en": "access paths are exempt from assessments that the rule does not ask for: say which, or take the "
        "exemption away.",
    },
    "form.award_unasked": {
        "fr": "la règle d’obtention ne demande pas cette épreuve de la certification entière ({kind}) : elle ne compte "
        "pas.",
        "en": "the award rule does not ask for this assessment of the whole certification ({kind}): it does not count.",
    },
    "form.unit_whole": {"fr": "référentiel entier", "en": "whole framework"},
    "form.unit_bloc": {"fr": "bloc {code}", "en": "skills block {code}"},
    "kind.situation": {"fr": "mise en situation", "en": "professional scenario"},
    "kind.case_study": {"fr": "étude de cas", "en": "case study"},
    "kind.role_play": {"fr": "jeu de rôle", "en": "role play"},
    "kind.peer": {"fr": "évaluation par les pairs", "en": "peer assessment"},
    "kind.project": {"fr": "projet", "en": "project"},
    "kind.defence": {"fr": "soutenance", "en": "defence"},
    "kind.thesis": {"fr": "thèse professionnelle", "en": "professional thesis"},
    "kind.other": {"fr": "autre", "en": "other"},
    "form.longest_time": {
        "fr": "la durée la plus longue suppose une durée la plus courte, qui lui soit inférieure.",
        "en": "the longest time supposes a shortest one, which is below it.",
    },
    "form.level_twice": {"fr": "niveau répété : {text}.", "en": "repeated level: {text}."},
    "form.no_level_acquired": {"fr": "aucun niveau ne vaut acquisition.", "en": "no level counts as achieved."},
    "form.level_not_assessed": {
        "fr": "un niveau non évalué ne peut valoir acquisition.",
        "en": "a level that is not assessed cannot count as achieved.",
    },
    "form.carry_over_gone": {
        "fr": "« {text} » n’est plus dans cette édition.",
        "en": "‘{text}’ is no longer in this edition.",
    },
    "form.carry_over_none": {
        "fr": "Sans report, ne désignez rien dans la nouvelle édition.",
        "en": "Without carry-over, name nothing in the new edition.",
    },
    "form.carry_over_split": {
        "fr": "Un partage désigne au moins deux éléments de la nouvelle édition.",
        "en": "A split names at least two items of the new edition.",
    },
    "form.carry_over_one": {
        "fr": "Désignez un élément de la nouvelle édition, et un seul.",
        "en": "Name one item of the new edition, and one only.",
    },
    "schema.type": {"fr": "{expected} attendu, et non {value}", "en": "{expected} expected, not {value}"},
    "schema.required": {"fr": "il manque {names}", "en": "{names} is missing"},
    "schema.unknown": {"fr": "{names} n’est pas attendu ici", "en": "{names} is not expected here"},
    "schema.enum": {"fr": "{value} n’est pas parmi {known}", "en": "{value} is not one of {known}"},
    "schema.const": {"fr": "{value} au lieu de {known}", "en": "{value} instead of {known}"},
    "schema.minimum": {"fr": "{value} est inférieur à {limit}", "en": "{value} is below {limit}"},
    "schema.above": {"fr": "{value} n’est pas supérieur à {limit}", "en": "{value} is not above {limit}"},
    "schema.maximum": {"fr": "{value} est supérieur à {limit}", "en": "{value} is above {limit}"},
    "schema.below": {"fr": "{value} n’est pas inférieur à {limit}", "en": "{value} is not below {limit}"},
    "schema.too_short": {
        "fr": "{value} est plus court que le minimum, {limit}",
        "en": "{value} is shorter than the least, {limit}",
    },
    "schema.too_long": {
        "fr": "{value} dépasse la longueur admise, {limit}",
        "en": "{value} is longer than the most, {limit}",
    },
    "schema.twice": {"fr": "{value} donne deux fois la même chose", "en": "{value} gives the same thing twice"},
    "schema.pattern": {
        "fr": "{value} n’a pas la forme attendue, {limit}",
        "en": "{value} has not the form expected, {limit}",
    },
    "schema.other": {"fr": "{value} n’est pas admis ici", "en": "{value} is not admitted here"},
    "schema.sentence": {"fr": "{reason}.", "en": "{reason}."},
    "type.string": {"fr": "un texte", "en": "a text"},
    "type.integer": {"fr": "un nombre entier", "en": "a whole number"},
    "type.number": {"fr": "un nombre", "en": "a number"},
    "type.boolean": {"fr": "vrai ou faux", "en": "true or false"},
    "type.array": {"fr": "une liste", "en": "a list"},
    "type.object": {"fr": "un ensemble de clés", "en": "a set of keys"},
    "type.null": {"fr": "rien", "en": "nothing"},
    "yaml.line": {"fr": "Ligne {line} : {reason}", "en": "Line {line}: {reason}"},
    "yaml.key": {"fr": "une clé est un simple texte.", "en": "a key is a plain text."},
    "yaml.key_twice": {"fr": "clé « {key} » donnée deux fois.", "en": "key ‘{key}’ given twice."},
    "yaml.too_large": {"fr": "Le fichier dépasse {limit} Mo.", "en": "The file is above {limit} MB."},
    "yaml.encoding": {"fr": "Le fichier n’est pas en UTF-8.", "en": "The file is not in UTF-8."},
    "yaml.unreadable": {"fr": "YAML illisible : {reason}", "en": "Unreadable YAML: {reason}"},
    "yaml.value": {"fr": "Valeur illisible : {reason}", "en": "Unreadable value: {reason}"},
    "yaml.too_many": {"fr": "Le fichier contient trop d’éléments.", "en": "The file holds too many items."},
    "yaml.nested": {"fr": "imbrication trop profonde.", "en": "nested too deep."},
    "yaml.alias": {"fr": "les ancres et les alias ne sont pas admis.", "en": "anchors and aliases are not admitted."},
    "yaml.tag": {
        "fr": "les étiquettes de type (« ! ») ne sont pas admises.",
        "en": "type tags (‘!’) are not admitted.",
    },
}
