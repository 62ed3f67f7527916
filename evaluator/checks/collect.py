"""Data collected by live code: from an API, or from the pages of a site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from evaluator.checks import _code
from evaluator.checks._static import Hits, check
from evaluator.checks.base import Check
from evaluator.checks.services import is_dashboard
from evaluator.facts.base import Facts

_REQUESTS = _code.matches(
    r"requests\.(?:get|post|request)|requests\.(?:sessions\.)?[Ss]ession(?:\(\))?\.(?:get|post|request)"
    r"|requests_cache\.\w+\.(?:get|post)|httpx\.(?:get|post|request|(?:Async)?Client\.(?:get|post|request))"
    r"|aiohttp\.ClientSession\.(?:get|post|request)|urllib\.request\.(?:urlopen|Request)|urllib3\.PoolManager\.request"
    r"|http\.client\.HTTPS?Connection\.request"
)
_CLIENTS = _code.matches(
    r"(?:yelpapi|tweepy|praw|spotipy|openfoodfacts|wikipedia|wikipediaapi|pytrends|newsapi|amadeus|googlemaps|serpapi|sodapy"
    r"|overpy|wbdata|pandas_datareader|yfinance|openmeteo_requests|SPARQLWrapper|apiclient|googleapiclient|ccxt|stackapi"
    r"|meteostat|fredapi|alpha_vantage|pyowm|pynytimes|steamspypi|youtube_transcript_api|pynsee|entsoe)\.[\w.]*\w"
    r"|gql\.Client\.execute\w*|python_graphql_client\.\w+\.execute\w*|geopy\.geocoders\.[\w.]+\.(?:geocode|reverse)"
)
_READS_FAR = _code.matches(r"pandas\.read_(?:json|html|xml)")
_ELSEWHERE = re.compile(r"https?://", re.IGNORECASE)
_DECODES = _code.matches(
    r"(?:[\w.()?]+)\.json|json\.loads?|pandas\.(?:json_normalize|read_json)|pandas\.io\.json\.json_normalize"
)
_PARSES_PAGES = _code.matches(r"(?:bs4|lxml|parsel|requests_html|selectolax|pyquery)\.[\w.]+|pandas\.read_html")
_CRAWLERS = _code.matches(
    r"selenium\.webdriver\.\w+|scrapy\.crawler\.\w+|playwright\.[\w.]+|requests_html\.[\w.]+|mechanicalsoup\.\w+"
    r"|cloudscraper\.\w+|undetected_chromedriver\.\w+|seleniumbase\.\w+|pyppeteer\.\w+|snscrape\.[\w.]+|google_play_scraper\.\w+"
)
_TESTS = _code.matches(r"(?:fastapi|starlette)\.testclient\.TestClient|pytest\.[\w.]+|unittest\.(?:TestCase|main)")
_HERE = re.compile(r"https?://(?:localhost|127\.|0\.0\.0\.0|host\.docker\.internal|\[::1\])", re.IGNORECASE)
_SAYS_API = re.compile(r"\bapi\b|[./-]api[./-]|graphql|\.json\b|/v\d+/|rapidapi", re.IGNORECASE)
_MODEL_ROUTE = re.compile(r"/(?:\w*predict\w*|\w*scor(?:e|ing)\w*|\w*predic\w*|invocations)\b", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:csv|zip|gz|png|jpe?g|gif|svg|xlsx?|parquet|pkl|joblib|txt|pdf|tar|css|js)(?:$|\?)", re.IGNORECASE
)


def _addresses(call: _code.Call) -> str:
    """What is known of the address asked for, joined."""
    given = [*call.args, call.keywords.get("url")]
    known = [value.get("any") or value.get("starts") or "" if isinstance(value, Mapping) else value for value in given]
    flat = [item for value in known for item in (value if isinstance(value, list) else [value])]
    return " ".join(item for item in flat if isinstance(item, str))


def _own_routes(facts: Facts) -> set[str]:
    """First words of the routes of the project's own API."""
    rules = (route["rule"].strip("/").partition("/")[0] for route in facts["code"]["routes"])
    return {rule for rule in rules if re.fullmatch(r"\w{3,}", rule)}


def _asks_elsewhere(call: _code.Call, own: set[str]) -> bool:
    """Whether the address is, as far as it is known, neither of this machine nor of the project's own API."""
    address = _addresses(call)
    words = set(re.split(r"\W+", address.partition("://")[2].partition("/")[2]))
    return not _HERE.search(address) and not _MODEL_ROUTE.search(address) and not words & own


def _api_calls(facts: Facts) -> list[_code.Call]:
    """Requests whose answer is data: not those of a dashboard or a test, not files, not pages, not the own API."""
    calls = list(_code.calls(facts))
    apart = {call.program for call in calls if is_dashboard(call) or _TESTS(call.name)}
    decoding = {call.program for call in calls if _DECODES(call.name)}
    parsing = {call.program for call in calls if _PARSES_PAGES(call.name)}
    own = _own_routes(facts)
    found = [
        replace(call, written=True)
        for call in calls
        if call.program not in apart
        and (_CLIENTS(call.name) or _reads_far(call, "read_json") or _is_request(call, own, decoding, parsing))
    ]
    return sorted(found, key=lambda call: not _says_api(call))


def _is_request(call: _code.Call, own: set[str], decoding: set[str], parsing: set[str]) -> bool:
    return _REQUESTS(call.name) and _asks_elsewhere(call, own) and _is_for_data(call, decoding, parsing)


def _reads_far(call: _code.Call, method: str) -> bool:
    """``pandas.read_json("https://…")``: asked for and read at once; a file of that name is a download."""
    address = _addresses(call)
    return (
        call.method == method
        and _READS_FAR(call.name)
        and bool(_ELSEWHERE.match(address))
        and not address.partition("?")[0].endswith((".json", ".zip", ".gz"))
    )


def _says_api(call: _code.Call) -> bool:
    return bool(_SAYS_API.search(_addresses(call))) or "params" in call.keywords


def _is_for_data(call: _code.Call, decoding: set[str], parsing: set[str]) -> bool:
    if _FILE.search(_addresses(call)) or "stream" in call.keywords:
        return False
    return _says_api(call) or (
        call.program in decoding and (call.program not in parsing or "headers" not in call.keywords)
    )


def _scrapes(facts: Facts) -> list[_code.Call]:
    """Pages fetched and read in the same program, or a browser driven."""
    calls = list(_code.calls(facts))
    fetching = {call.program for call in calls if _REQUESTS(call.name) or _CRAWLERS(call.name)}
    parsed = [
        call
        for call in calls
        if (_PARSES_PAGES(call.name) and call.program in fetching) or _reads_far(call, "read_html")
    ]
    return [replace(call, written=True) for call in (*(call for call in calls if _CRAWLERS(call.name)), *parsed)]


def _check(code: str, hits: Hits, fr: str, en: str) -> Check:
    return check(code, "collect", hits, {"fr": fr, "en": en}, version=2)


CHECKS: tuple[Check, ...] = (
    _check("collect.api", _api_calls, "Collecte par une API", "Collection from an API"),
    _check("collect.scraping", _scrapes, "Collecte dans des pages web", "Collection from web pages"),
)

MESSAGES: _code.Words = _code.words(
    "collect.api",
    {
        "met": "Des données sont demandées à une API dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune collecte de données par une API n’a été trouvée dans le code.",
    },
    {
        "met": "Data are asked from an API in {path} ({count:place|places} in all).",
        "not_met": "No collection of data from an API was found in the code.",
    },
) | _code.words(
    "collect.scraping",
    {
        "met": "Des données sont lues dans des pages web, dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune collecte de données dans des pages web n’a été trouvée dans le code.",
    },
    {
        "met": "Data are read from web pages in {path} ({count:place|places} in all).",
        "not_met": "No collection of data from web pages was found in the code.",
    },
)
