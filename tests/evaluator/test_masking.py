"""Credentials are found, and their value never comes out: not in facts, not in excerpts, not in the JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluator import runner
from evaluator.facts import secrets
from evaluator.masking import HIDDEN, find, mask, masked
from evaluator.runner import CheckRequest

from .corpus_cases import facts_of, run_check

# Put together from pieces, so that this file holds no credential either.
CLOUD = "AKIA" + "Q3W5E7R9T1Y2U4I6"
DRAWN = "q7Rt2Lm9" + "Xc4Vb8Np3Zk6"
LONG = "Zx8Qw3Er7Ty5Ui2Op9As" + "4Df6Gh1Jk0Lz3Xc8Vb5N"
PHRASE = "Lyon" + "-2024!"


def project(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (f'password = "{PHRASE}"', PHRASE),
        (f"mot_de_passe='{PHRASE}'", PHRASE),
        (f'api_key = "{DRAWN}"', DRAWN),
        (f"headers = {{'X-RapidAPI-Key': '{DRAWN}'}}", DRAWN),
        (f'"Authorization": "Bearer {DRAWN}"', DRAWN),
        (f'os.environ["AWS_SECRET_ACCESS_KEY"] = "{LONG}"', LONG),
        (f'boto3.client("s3", "{CLOUD}", "{LONG}")', LONG),
        (f"engine = create_engine('postgresql://lea:{PHRASE}@exemple.invalid/base')", PHRASE),
        (f'requests.get("https://exemple.invalid/meteo?q=Lyon&appid={DRAWN}")', DRAWN),
        ("jeton = '" + "ghp_" + LONG[:36] + "'", LONG[:36]),
        ("client = OpenAI('" + "sk-" + LONG + "')", LONG),
    ],
)
def test_a_value_in_clear_is_hidden(line: str, value: str) -> None:
    assert find(line)
    assert value not in mask(line)
    assert HIDDEN in mask(line)


@pytest.mark.parametrize(
    "line",
    [
        'api_key = os.environ["API_KEY"]',
        'password = "password"',
        'api_key = "your_api_key_0123456789"',
        'st.selectbox("Client", ids, key="client_2024_selection")',
        'tokenizer(texte, max_tokens=512, pad_token="[PAD]")',
        'sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
        'engine = create_engine("postgresql://user:password@localhost/base")',
        'password = f"{PASSWORD}"',
        'colonne_key = "nombre_de_clients_2019"',
    ],
)
def test_what_is_no_credential_stays(line: str) -> None:
    assert mask(line) == line


def test_settings_are_read_without_quotes() -> None:
    line = f"DB_PASSWORD={PHRASE}"
    assert mask(line) == line
    assert mask(line, settings=True) == f"DB_PASSWORD={HIDDEN}"


def test_a_private_key_is_hidden_to_its_end_line_for_line() -> None:
    begin, end = "-----BEGIN RSA PRIVATE" + " KEY-----", "-----END RSA PRIVATE" + " KEY-----"
    text = f"avant\n{begin}\n{LONG}\n{LONG}\n{end}\naprès"
    assert mask(text).split("\n") == ["avant", begin + HIDDEN, HIDDEN, HIDDEN, end, "après"]


def test_keys_of_facts_stay() -> None:
    assert masked({"a/b.py": [f'password="{PHRASE}"', 3, None]}) == {"a/b.py": [f'password="{HIDDEN}"', 3, None]}


def test_a_value_far_along_a_line_is_hidden() -> None:
    assert mask(" " * 30_000 + f'password="{PHRASE}"').endswith(f'password="{HIDDEN}"')


def test_a_long_line_is_read_in_a_bounded_time() -> None:
    assert mask("token=" * 100_000).startswith("token=")
    assert mask(("secret_" * 2_800) + "\n" + ("a-" * 9_000) + "key") is not None


@pytest.fixture
def careless(tmp_path: Path) -> Path:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "source": f'cle = 1\napi_key = "{DRAWN}"\nprint(api_key)',
        "outputs": [{"output_type": "stream", "text": f"api_key: '{DRAWN}'\n"}],
    }
    call = f'import requests\nrequests.get("https://exemple.invalid/api", headers={{"X-Api-Key": "{DRAWN}"}}).json()\n'
    return project(
        tmp_path,
        {
            "collecte.ipynb": json.dumps({"nbformat": 4, "cells": [cell]}),
            "api.py": call,
            ".env": f"SECRET_KEY={DRAWN}\n",
        },
    )


def test_places_are_told_without_the_value(careless: Path) -> None:
    facts = facts_of(careless)["secrets"]
    places = [(item["path"], item["cell"], item["output"], item["line"]) for item in facts["found"]]
    assert places == [
        (".env", None, None, 1),
        ("api.py", None, None, 2),
        ("collecte.ipynb", 0, None, 2),
        ("collecte.ipynb", 0, 0, 1),
    ]
    assert DRAWN not in json.dumps(facts)
    finding = run_check("repository.secrets", {"secrets": facts})
    assert finding.message.params == {"count": 4, "path": ".env", "files": 3}


def test_no_value_in_any_fact_nor_in_any_result(careless: Path) -> None:
    requests = [
        CheckRequest(code) for code in ("repository.secrets", "collect.api", "code.quality", "notebook.outputs")
    ]
    with runner.evaluate(careless, requests) as report:
        printed = json.dumps([result.to_json("") for result in report.results])
        assert '"outcome": "met"' in printed  # the call is shown, its key is not
        assert DRAWN not in printed
        assert DRAWN not in json.dumps(report.facts)


def test_data_as_long_as_a_book_is_left_alone(tmp_path: Path) -> None:
    long = project(tmp_path, {"donnees.json": f'{{"password": "{PHRASE}"}}' + " " * 2_100_000, "a.py": "x = 1\n"})
    assert facts_of(long)["secrets"]["files"] == 1
    assert secrets.EXTRACTOR.name == "secrets"
