"""The wording of ``evaluator.checks.reachability`` and of the prober's failures."""

from __future__ import annotations

MESSAGES: dict[str, dict[str, str]] = {
    "probe.undeclared": {
        "fr": "Aucune adresse publique n’est déclarée : écrivez-la dans jalon.toml, sous [urls], à la clé {key}.",
        "en": "No public address is declared: write it in jalon.toml, under [urls], with the key {key}.",
    },
    "probe.offline": {
        "fr": "Une adresse publique est déclarée ({key}), mais elle n’est appelée que par la plateforme : ici, rien "
        "n’est demandé au réseau.",
        "en": "A public address is declared ({key}), but only the platform calls it: here, nothing is asked of the "
        "network.",
    },
    "probe.waiting": {
        "fr": "L’adresse publique déclarée ({key}) n’a pas encore été appelée : la première sonde part après le dépôt.",
        "en": "The declared public address ({key}) has not been called yet: the first probe leaves after the deposit.",
    },
    "probe.ours": {
        "fr": "Notre réseau n’a pas permis d’appeler l’adresse déclarée ; un nouvel essai suivra. {reason}",
        "en": "Our own network could not call the declared address; another try will follow. {reason}",
    },
    "probe.tls_none": {"fr": "sans chiffrement (HTTP)", "en": "without encryption (HTTP)"},
    "probe.tls_version": {"fr": "{version}, certificat vérifié", "en": "{version}, certificate verified"},
    "probe.tls_days": {
        "fr": "{version}, certificat vérifié, valable encore {days:jour|jours}",
        "en": "{version}, certificate verified, valid for another {days:day|days}",
    },
    "api.reachable.met": {
        "fr": "L’API répond à {url} : {status} en {seconds} s, {tls}.",
        "en": "The API answers at {url}: {status} in {seconds} s, {tls}.",
    },
    "api.reachable.undecided_status": {
        "fr": "Un serveur répond {status} à {url}, ce qui ne dit pas si l’API fonctionne : déclarez une adresse qui "
        "répond sans identification, par exemple celle de la documentation ou de l’état de santé.",
        "en": "A server answers {status} at {url}, which does not tell whether the API works: declare an address that "
        "answers without credentials, for instance its documentation or its health check.",
    },
    "api.reachable.undecided_cookies": {
        "fr": "{url} renvoie en cercle un visiteur sans cookie : ouvrez-la dans un navigateur. {reason}",
        "en": "{url} sends a visitor without cookies in a circle: open it in a browser. {reason}",
    },
    "api.reachable.not_met_failed": {
        "fr": "L’API ne répond pas à {url}. {reason}",
        "en": "The API does not answer at {url}. {reason}",
    },
    "api.reachable.not_met_status": {
        "fr": "Le serveur de l’API répond par une erreur à {url} : {status}.",
        "en": "The server of the API answers with an error at {url}: {status}.",
    },
    "api.reachable.not_met_unfinished": {
        "fr": "L’API commence à répondre à {url} ({status}) et ne termine pas sa réponse.",
        "en": "The API begins to answer at {url} ({status}) and does not finish its answer.",
    },
    "dashboard.reachable.met": {
        "fr": "Le tableau de bord répond à {url} par une page : {status} en {seconds} s, {tls}.",
        "en": "The dashboard answers at {url} with a page: {status} in {seconds} s, {tls}.",
    },
    "dashboard.reachable.undecided_status": {
        "fr": "Un serveur répond {status} à {url} : la page demande peut-être une identification, ouvrez-la.",
        "en": "A server answers {status} at {url}: the page may ask for credentials, open it.",
    },
    "dashboard.reachable.undecided_cookies": {
        "fr": "{url} renvoie en cercle un visiteur sans cookie : ouvrez-la dans un navigateur. {reason}",
        "en": "{url} sends a visitor without cookies in a circle: open it in a browser. {reason}",
    },
    "dashboard.reachable.undecided_elsewhere": {
        "fr": "{url} mène à une page d’un autre hôte, {host} : ouvrez-la pour voir s’il s’agit du tableau de bord.",
        "en": "{url} leads to a page of another host, {host}: open it to see whether it is the dashboard.",
    },
    "dashboard.reachable.not_met_failed": {
        "fr": "Le tableau de bord ne répond pas à {url}. {reason}",
        "en": "The dashboard does not answer at {url}. {reason}",
    },
    "dashboard.reachable.not_met_status": {
        "fr": "Il n’y a pas de tableau de bord à {url} : le serveur répond {status}.",
        "en": "There is no dashboard at {url}: the server answers {status}.",
    },
    "dashboard.reachable.not_met_no_page": {
        "fr": "Un serveur répond à {url}, mais pas par une page ({type}).",
        "en": "A server answers at {url}, but not with a page ({type}).",
    },
    "dashboard.reachable.not_met_unfinished": {
        "fr": "Le tableau de bord commence à répondre à {url} ({status}) et ne termine pas sa réponse.",
        "en": "The dashboard begins to answer at {url} ({status}) and does not finish its answer.",
    },
    "api.availability.met": {
        "fr": "L’API a répondu à {share} % des sondes en {days:jour|jours} ({up} sur {told}) ; {wanted} % sont "
        "demandés.",
        "en": "The API answered {share}% of the probes in {days:day|days} ({up} out of {told}); {wanted}% are asked "
        "for.",
    },
    "api.availability.not_met": {
        "fr": "L’API n’a répondu qu’à {share} % des sondes en {days:jour|jours} ({up} sur {told}) ; {wanted} % sont "
        "demandés.",
        "en": "The API answered only {share}% of the probes in {days:day|days} ({up} out of {told}); {wanted}% are "
        "asked for.",
    },
    "api.availability.undecided_few": {
        "fr": "Trop peu de sondes concluantes pour juger de la disponibilité : {told}, il en faut {wanted}.",
        "en": "Too few conclusive probes to judge the availability: {told}, {wanted} are needed.",
    },
    "probe.url": {
        "fr": "L’adresse {url} ne se lit pas, ou peut se lire de plusieurs façons : écrivez-la en entier, sans espace "
        "ni barre oblique inverse.",
        "en": "The address {url} cannot be read, or can be read in several ways: write it in full, without spaces or "
        "backslashes.",
    },
    "probe.scheme": {
        "fr": "Seules les adresses en http ou https sont appelées, pas {scheme}.",
        "en": "Only http and https addresses are called, not {scheme}.",
    },
    "probe.credentials": {
        "fr": "L’adresse contient un identifiant ou un mot de passe : déclarez-la sans eux.",
        "en": "The address holds a name or a password: declare it without them.",
    },
    "probe.host": {
        "fr": "Le nom d’hôte {host} n’est pas celui d’un serveur public.",
        "en": "The host name {host} is not that of a public server.",
    },
    "probe.port": {
        "fr": "Le port {port} n’est pas appelé ; le sont : {allowed}.",
        "en": "The port {port} is not called; these are: {allowed}.",
    },
    "probe.forbidden": {
        "fr": "{host} ({address}) n’est pas une adresse publique : {kind}.",
        "en": "{host} ({address}) is not a public address: {kind}.",
    },
    "probe.kind.unspecified": {"fr": "adresse indéterminée", "en": "unspecified address"},
    "probe.kind.loopback": {"fr": "la machine elle-même", "en": "the machine itself"},
    "probe.kind.metadata": {"fr": "service interne d’un hébergeur", "en": "internal service of a cloud"},
    "probe.kind.link_local": {"fr": "adresse du lien local", "en": "link-local address"},
    "probe.kind.private": {"fr": "réseau privé", "en": "private network"},
    "probe.kind.translated": {
        "fr": "forme qui cache une autre adresse",
        "en": "form that hides another address",
    },
    "probe.kind.multicast": {"fr": "adresse de diffusion", "en": "multicast address"},
    "probe.kind.reserved": {"fr": "adresse réservée", "en": "reserved address"},
    "probe.dns_unknown": {"fr": "Le nom {host} n’existe pas.", "en": "The name {host} does not exist."},
    "probe.dns": {
        "fr": "Le nom {host} n’a pas pu être résolu : aucune réponse.",
        "en": "The name {host} could not be resolved: no answer.",
    },
    "probe.connect": {
        "fr": "{host} n’accepte pas de connexion sur le port {port} ({reason}).",
        "en": "{host} takes no connection on port {port} ({reason}).",
    },
    "probe.certificate": {
        "fr": "Le certificat de {host} n’est pas valable ({reason}) : un navigateur le refuserait.",
        "en": "The certificate of {host} is not valid ({reason}): a browser would refuse it.",
    },
    "probe.tls": {
        "fr": "La connexion chiffrée avec {host} a échoué ({reason}).",
        "en": "The encrypted connection with {host} failed ({reason}).",
    },
    "probe.time": {
        "fr": "La réponse n’est pas venue en {limit} s.",
        "en": "The answer did not come within {limit} s.",
    },
    "probe.headers": {
        "fr": "Les en-têtes de la réponse dépassent {limit:size}.",
        "en": "The headers of the answer exceed {limit:size}.",
    },
    "probe.protocol": {
        "fr": "{host} ne répond pas en HTTP correct ({reason}).",
        "en": "{host} does not answer in correct HTTP ({reason}).",
    },
    "probe.redirects": {
        "fr": "Plus de {limit} redirections se suivent.",
        "en": "More than {limit} redirections follow each other.",
    },
    "probe.crashed": {
        "fr": "La sonde s’est arrêtée sur un défaut de notre fait ({type}).",
        "en": "The probe stopped on a defect of ours ({type}).",
    },
    "probe.redirect_loop": {
        "fr": "Les redirections tournent en rond ({url}).",
        "en": "The redirections go round in circles ({url}).",
    },
}
