"""Why a file cannot be imported, and what deserves a look in one that can."""

from __future__ import annotations

from collections.abc import Mapping

_REFUSALS: Mapping[str, Mapping[str, str]] = {
    "read.too_slow": {
        "fr": "La lecture a dépassé {minutes} minutes.",
        "en": "Reading took more than {minutes} minutes.",
    },
    "read.answer_too_large": {
        "fr": "Le fichier donne un référentiel démesuré.",
        "en": "The file gives a framework beyond all measure.",
    },
    "read.beyond_limits": {
        "fr": "Le fichier n’a pas pu être lu dans les limites de mémoire et de temps.",
        "en": "The file could not be read within the limits of memory and time.",
    },
    "read.memory": {
        "fr": "Le fichier demande trop de mémoire pour être lu.",
        "en": "The file takes too much memory to be read.",
    },
    "read.file_too_large": {"fr": "Le fichier dépasse {limit} Mo.", "en": "The file is above {limit} MB."},
    "read.kind": {
        "fr": "« {name} » n’est pas d’un format connu : {known}.",
        "en": "‘{name}’ is of no known format: {known}.",
    },
    "read.absent": {"fr": "{name} : {reason}.", "en": "{name}: {reason}."},
    "read.empty_file": {"fr": "Le fichier est vide.", "en": "The file is empty."},
    "read.office_encrypted": {
        "fr": "Fichier protégé par un mot de passe, ou d’un ancien format (.doc, .xls) : l’enregistrer sans.",
        "en": "File protected by a password, or of an old format (.doc, .xls): save it without.",
    },
    "read.no_office": {
        "fr": "Ce n’est pas un fichier Office (.xlsx, .docx), ou il est abîmé.",
        "en": "This is no Office file (.xlsx, .docx), or it is damaged.",
    },
    "read.too_many_members": {
        "fr": "Plus de {limit} éléments dans le fichier.",
        "en": "More than {limit} members in the file.",
    },
    "read.inflated": {
        "fr": "Le contenu décompressé dépasse {limit} Mo.",
        "en": "The unpacked content is above {limit} MB.",
    },
    "read.member_inflated": {
        "fr": "Élément démesuré une fois décompressé.",
        "en": "Member beyond all measure once unpacked.",
    },
    "read.member_missing": {
        "fr": "Ce fichier n’a pas le contenu attendu.",
        "en": "This file has not the content expected.",
    },
    "read.member_encrypted": {"fr": "Élément chiffré.", "en": "Encrypted member."},
    "read.macros": {
        "fr": "Le fichier contient des macros : l’enregistrer sans elles.",
        "en": "The file holds macros: save it without them.",
    },
    "read.entities": {
        "fr": "Déclaration de type ou d’entités XML : refusée.",
        "en": "Declaration of a document type or of XML entities: refused.",
    },
    "read.xml": {"fr": "XML mal formé ou mal encodé.", "en": "XML badly formed or badly encoded."},
    "read.nesting": {"fr": "Plus de {limit} niveaux imbriqués.", "en": "More than {limit} nested levels."},
    "read.damaged": {"fr": "Le fichier est abîmé.", "en": "The file is damaged."},
    "read.damaged_workbook": {
        "fr": "Le classeur est abîmé : l’ouvrir et l’enregistrer à nouveau.",
        "en": "The workbook is damaged: open it and save it again.",
    },
    "read.no_sheet": {"fr": "Le classeur n’a pas de feuille visible.", "en": "The workbook has no visible sheet."},
    "read.not_utf8": {"fr": "Le fichier n’est pas en UTF-8.", "en": "The file is not in UTF-8."},
    "read.text_encoding": {
        "fr": "Ce n’est pas un texte en UTF-8, UTF-16 ou Windows-1252.",
        "en": "This is no text in UTF-8, UTF-16 or Windows-1252.",
    },
    "read.xml_encoding": {
        "fr": "L’encodage annoncé par le fichier n’est pas connu.",
        "en": "The encoding that the file declares is unknown.",
    },
    "read.json": {"fr": "JSON mal formé.", "en": "Badly formed JSON."},
    "read.json_value": {"fr": "Valeur illisible.", "en": "Unreadable value."},
    "read.json_constant": {"fr": "« {name} » n’est pas du JSON.", "en": "‘{name}’ is no JSON."},
    "read.json_deep": {"fr": "JSON imbriqué trop profond.", "en": "JSON nested too deep."},
    "read.key_twice": {"fr": "Clé « {key} » donnée deux fois.", "en": "Key ‘{key}’ given twice."},
    "read.no_mapping": {
        "fr": "Un ensemble de clés est attendu au premier niveau.",
        "en": "A set of keys is expected at the first level.",
    },
    "read.no_package": {"fr": "Ce n’est pas un CFPackage de CASE.", "en": "This is no CFPackage of CASE."},
    "read.no_objects": {"fr": "Une liste d’objets est attendue.", "en": "A list of objects is expected."},
    "read.too_many_objects": {"fr": "Plus de {limit} objets.", "en": "More than {limit} objects."},
    "read.hierarchy": {"fr": "Hiérarchie trop profonde.", "en": "Hierarchy too deep."},
    "read.no_headings": {
        "fr": "Aucune ligne d’en-tête « {headings} » n’a été trouvée.",
        "en": "No heading row ‘{headings}’ was found.",
    },
    "read.no_word_headings": {
        "fr": "Tableau sans en-tête, de 4 ou 5 colonnes attendues.",
        "en": "Table without headings, of which 4 or 5 columns are expected.",
    },
    "read.too_many_lines": {"fr": "Plus de {limit} lignes.", "en": "More than {limit} lines."},
    "read.too_many_columns": {"fr": "Plus de {limit} colonnes.", "en": "More than {limit} columns."},
    "read.cell_too_long": {
        "fr": "Cellule de plus de {limit} caractères.",
        "en": "Cell of more than {limit} characters.",
    },
    "read.csv_line": {
        "fr": "Ligne illisible : guillemets non refermés ou cellule trop longue.",
        "en": "Unreadable line: quotes left open or cell too long.",
    },
    "read.no_competency": {
        "fr": "Aucune compétence n’a été trouvée dans le tableau.",
        "en": "No competency was found in the table.",
    },
    "read.fiche_number": {
        "fr": "« {number} » n’est pas un numéro de fiche, comme RNCP35288 ou RS5286.",
        "en": "‘{number}’ is no record number, such as RNCP35288 or RS5286.",
    },
    "read.fiche_needed": {
        "fr": "Le fichier contient plusieurs fiches : en donner le numéro.",
        "en": "The file holds several records: give the number of one.",
    },
    "read.no_such_fiche": {"fr": "Aucune fiche {number} dans ce fichier.", "en": "No record {number} in this file."},
    "read.no_fiche": {"fr": "Aucune fiche.", "en": "No record."},
    "read.one_xml": {
        "fr": "Un seul fichier XML « RNCP » ou « RS » est attendu dans l’archive.",
        "en": "One XML file ‘RNCP’ or ‘RS’, and one only, is expected in the archive.",
    },
    "read.fiche_too_large": {
        "fr": "Plus de {limit} éléments dans une fiche.",
        "en": "More than {limit} elements in a record.",
    },
    "read.root": {"fr": "La racine « FICHES » est attendue.", "en": "The root ‘FICHES’ is expected."},
}
_REMARKS: Mapping[str, Mapping[str, str]] = {
    "look.bloc_empty": {
        "fr": "Bloc sans activité ni compétence.",
        "en": "Skills block without activity or competency.",
    },
    "look.activity_empty": {"fr": "Activité sans compétence.", "en": "Activity without competency."},
    "look.no_criterion": {"fr": "Compétence sans critère.", "en": "Competency without criterion."},
    "look.formula": {
        "fr": "« {text} » ressemble à une formule : gardé comme un texte.",
        "en": "‘{text}’ looks like a formula: kept as a text.",
    },
    "look.tasks": {
        "fr": "Plusieurs lignes : la première est lue comme le titre de l’activité.",
        "en": "Several lines: the first is read as the title of the activity.",
    },
    "look.criterion_of_several": {
        "fr": "La cellule des compétences en contient plusieurs : le critère est rangé sous la dernière.",
        "en": "The cell of competencies holds several: the criterion is put under the last.",
    },
    "look.kind_unsaid": {
        "fr": "Le genre de l’épreuve n’est pas dit : « autre ».",
        "en": "The kind of assessment is not told: ‘other’.",
    },
    "look.split": {
        "fr": "La cellule contient {count:élément|éléments} : le découpage est à vérifier.",
        "en": "The cell holds {count:item|items}: check how it is cut.",
    },
    "look.sentences": {
        "fr": "Plusieurs phrases : peut-être plusieurs éléments.",
        "en": "Several sentences: perhaps several items.",
    },
    "look.duplicate": {"fr": "Même texte que {place}.", "en": "Same text as {place}."},
    "look.sheet_ignored": {
        "fr": "Une autre feuille est lue : celle-ci est laissée.",
        "en": "Another sheet is read: this one is left aside.",
    },
    "look.encoding": {
        "fr": "Texte lu dans l’encodage de Windows (cp1252) : vérifier les accents.",
        "en": "Text read in the encoding of Windows (cp1252): check the accents.",
    },
    "look.version": {
        "fr": "Version du flux : {version} ; celle qui est connue est {known}.",
        "en": "Version of the feed: {version}; the one known is {known}.",
    },
    "look.no_version": {
        "fr": "Version du flux absente ; celle qui est connue est {known}.",
        "en": "The feed has no version; the one known is {known}.",
    },
    "look.element_missing": {"fr": "Élément absent de la fiche.", "en": "Element missing from the record."},
    "look.element_empty": {"fr": "Élément absent ou vide.", "en": "Element missing or empty."},
    "look.bloc_code_twice": {
        "fr": "Code de bloc répété : {text}. Il est laissé de côté.",
        "en": "Repeated code of a skills block: {text}. It is left aside.",
    },
    "look.no_blocs": {
        "fr": "Fiche sans bloc de compétences : les capacités attestées sont lues comme des compétences.",
        "en": "Record without skills block: the abilities it attests are read as competencies.",
    },
    "look.cut": {"fr": "Découpé d’un texte libre : à vérifier.", "en": "Cut from a free text: to be checked."},
    "look.unplaced": {
        "fr": "Élément sans place dans l’arbre : il n’est pas repris.",
        "en": "Item without a place in the tree: it is not taken over.",
    },
    "look.several_parents": {
        "fr": "Plusieurs parents : seul le premier est retenu.",
        "en": "Several parents: only the first is kept.",
    },
    "look.kind_by_depth": {
        "fr": "« {named} » n’a pas sa place ici : lu comme « {read} ».",
        "en": "‘{named}’ has no place here: read as ‘{read}’.",
    },
    "look.no_text": {
        "fr": "Élément sans texte : il n’est pas repris.",
        "en": "Item without text: it is not taken over.",
    },
    "look.long_code": {
        "fr": "Code trop long, laissé de côté : {text}",
        "en": "Code too long, left aside: {text}",
    },
    "look.code_taken": {
        "fr": "Code déjà donné, laissé de côté : {text}",
        "en": "Code given already, left aside: {text}",
    },
    "look.flattened": {
        "fr": "Plus profond que la forme : mis à la suite de la ligne au-dessus.",
        "en": "Deeper than the form: put after the line above.",
    },
    "look.control_character": {"fr": "Caractères de contrôle retirés.", "en": "Control characters removed."},
}
MESSAGES: Mapping[str, Mapping[str, str]] = {**_REFUSALS, **_REMARKS}
