DOSSIER = "."
