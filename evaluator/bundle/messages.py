"""The sentences of the faults of unpacking. Each names what is at fault and what to do."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "bundle.not_an_archive": {
        "fr": "« {path} » n'est pas une archive. Déposez un fichier .zip, .tar ou .tar.gz qui contient votre projet.",
        "en": "“{path}” is not an archive. Hand in a .zip, .tar or .tar.gz file that holds your project.",
    },
    "bundle.unsupported_format": {
        "fr": "« {path} » est au format {format}, qui n'est pas accepté. Refaites une archive .zip ou .tar.gz.",
        "en": "“{path}” is in the {format} format, which is not accepted. Make a .zip or .tar.gz archive instead.",
    },
    "bundle.empty": {
        "fr": "« {path} » ne contient aucun fichier à évaluer. Vérifiez le dossier que vous avez archivé.",
        "en": "“{path}” holds no file to evaluate. Check the folder that you archived.",
    },
    "bundle.no_work": {
        "fr": "Cette archive ne contient que ce qui accompagne un projet (README, licence, .gitignore, fichiers "
        "vides) : il n'y a rien à évaluer. Joignez le projet lui-même : notebooks, code, rapport, données.",
        "en": "This archive holds only what goes with a project (README, licence, .gitignore, empty files): there is "
        "nothing to evaluate. Add the project itself: notebooks, code, report, data.",
    },
    "bundle.truncated": {
        "fr": "« {path} » est incomplet : l'envoi ou l'archivage s'est interrompu. Refaites l'archive et déposez-la "
        "de nouveau.",
        "en": "“{path}” is incomplete: the upload or the archiving was cut short. Make the archive again and hand it "
        "in again.",
    },
    "bundle.corrupt": {
        "fr": "« {path} » est abîmé : son contenu ne correspond pas à ce que l'archive annonce. Refaites l'archive et "
        "déposez-la de nouveau.",
        "en": "“{path}” is damaged: its content is not what the archive announces. Make the archive again and hand it "
        "in again.",
    },
    "bundle.too_slow": {
        "fr": "« {path} » n'a pas pu être déplié en {seconds} s. Allégez l'archive (jeux de données, modèles "
        "intermédiaires), puis déposez-la de nouveau.",
        "en": "“{path}” could not be unpacked within {seconds} s. Make the archive lighter (data sets, intermediate "
        "models), then hand it in again.",
    },
    "bundle.encrypted": {
        "fr": "« {path} » est protégé par un mot de passe. Refaites l'archive sans mot de passe.",
        "en": "“{path}” is protected by a password. Make the archive again without one.",
    },
    "bundle.path_traversal": {
        "fr": "Le nom « {path} » sort du dossier de l'archive (« .. »). Archivez le dossier du projet lui-même.",
        "en": "The name “{path}” leaves the archive's folder (“..”). Archive the project's own folder.",
    },
    "bundle.absolute_path": {
        "fr": "Le nom « {path} » part de la racine du disque. Archivez le dossier du projet avec des noms relatifs.",
        "en": "The name “{path}” starts at the root of the disk. Archive the project's folder with relative names.",
    },
    "bundle.link": {
        "fr": "« {path} » est un lien symbolique. Remplacez-le par le fichier lui-même, puis refaites l'archive.",
        "en": "“{path}” is a symbolic link. Replace it with the file itself, then make the archive again.",
    },
    "bundle.hard_link": {
        "fr": "« {path} » est un lien physique vers un autre fichier. Remplacez-le par une copie, puis refaites "
        "l'archive.",
        "en": "“{path}” is a hard link to another file. Replace it with a copy, then make the archive again.",
    },
    "bundle.device": {
        "fr": "« {path} » n'est ni un fichier ni un dossier ordinaire. Retirez-le de l'archive.",
        "en": "“{path}” is neither an ordinary file nor a folder. Remove it from the archive.",
    },
    "bundle.sparse": {
        "fr": "« {path} » est enregistré comme fichier à trous. Refaites l'archive sans l'option « sparse ».",
        "en": "“{path}” is stored as a sparse file. Make the archive again without the sparse option.",
    },
    "bundle.too_many_files": {
        "fr": "L'archive compte plus de {limit} fichiers et dossiers. Retirez ce qui n'est pas un livrable "
        "(environnements, caches, images brutes).",
        "en": "The archive holds more than {limit} files and folders. Remove what is not a deliverable "
        "(environments, caches, raw pictures).",
    },
    "bundle.archive_too_large": {
        "fr": "« {path} » dépasse {limit} Mo. Retirez les données volumineuses et déposez une archive plus légère.",
        "en": "“{path}” is larger than {limit} MB. Remove bulky data and hand in a lighter archive.",
    },
    "bundle.too_large": {
        "fr": "À partir de « {path} », le contenu de l'archive dépasse {limit} Mo. Retirez les données volumineuses.",
        "en": "From “{path}” on, the content of the archive is larger than {limit} MB. Remove bulky data.",
    },
    "bundle.file_too_large": {
        "fr": "« {path} » dépasse {limit} Mo. Retirez ce fichier ou réduisez-le.",
        "en": "“{path}” is larger than {limit} MB. Remove this file or make it smaller.",
    },
    "bundle.ratio": {
        "fr": "À partir de « {path} », le contenu est plus de {limit} fois plus gros que l'archive : elle pourrait "
        "saturer le disque. Retirez les fichiers répétitifs et refaites l'archive.",
        "en": "From “{path}” on, the content is more than {limit} times larger than the archive, which could fill the "
        "disk. Remove repetitive files and make the archive again.",
    },
    "bundle.too_deep": {
        "fr": "« {path} » est rangé sous plus de {limit} dossiers emboîtés. Rapprochez-le du dossier principal.",
        "en": "“{path}” stands below more than {limit} nested folders. Move it closer to the main folder.",
    },
    "bundle.name_invalid": {
        "fr": "Le nom « {path} » n'est pas accepté : il est vide, illisible, réservé par Windows, plus long que "
        "{limit} octets, ou contient un caractère invisible, une barre inversée ou une lettre de lecteur. "
        "Renommez-le et refaites l'archive.",
        "en": "The name “{path}” is not accepted: it is empty, unreadable, reserved by Windows, longer than {limit} "
        "bytes, or holds an invisible character, a backslash or a drive letter. Rename it and make the archive again.",
    },
    "bundle.duplicate_path": {
        "fr": "« {path} » et « {other} » désignent le même fichier sur certains ordinateurs (même nom, à la casse ou "
        "aux accents près). Renommez l'un des deux et refaites l'archive.",
        "en": "“{path}” and “{other}” are the same file on some computers (one name, but for case or accents). "
        "Rename one of them and make the archive again.",
    },
    "bundle.overlapping": {
        "fr": "« {path} » et « {other} » partagent les mêmes octets de l'archive, ce qu'aucun outil ordinaire ne "
        "produit. Refaites l'archive.",
        "en": "“{path}” and “{other}” share the same bytes of the archive, which no ordinary tool produces. Make the "
        "archive again.",
    },
    "bundle.unsupported_compression": {
        "fr": "« {path} » est compressé par une méthode qui n'est pas acceptée ({method}). Refaites l'archive avec "
        "la compression par défaut.",
        "en": "“{path}” is compressed by a method that is not accepted ({method}). Make the archive again with the "
        "default compression.",
    },
    "bundle.multi_disk": {
        "fr": "« {path} » est une partie d'une archive en plusieurs volumes. Déposez une archive d'un seul fichier.",
        "en": "“{path}” is a part of an archive in several volumes. Hand in an archive in one file.",
    },
    "bundle.unreadable": {
        "fr": "« {path} » ne peut pas être lu. Rendez ce fichier lisible et recommencez.",
        "en": "“{path}” cannot be read. Make this file readable and try again.",
    },
    "bundle.not_written": {
        "fr": "La plateforme n'a pas pu enregistrer « {path} » ({reason}). Votre archive n'est pas en cause : "
        "l'opération sera relancée.",
        "en": "The platform could not store “{path}” ({reason}). Your archive is not at fault: the operation will be "
        "run again.",
    },
}
