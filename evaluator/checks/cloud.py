"""Distributed computing and storage in the cloud."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.checks import _code
from evaluator.checks._static import Hits, check
from evaluator.checks.base import Check
from evaluator.facts.base import Facts

_ADDRESS = re.compile(
    r"(?:s3[an]?|gs|gcs|abfss?|wasbs?|adl|az|hdfs|oss|dbfs)://|dbfs:/|(?:^|[\"'])/(?:dbfs/|mnt/\w{2,})", re.IGNORECASE
)
# ``spark`` and ``sc`` are known by their name alone where nothing binds them: only what a session has counts.
_SPARK = _code.matches(
    r"pyspark\.(?:sql\.)?SparkSession(?:\.(?:builder|read|readStream|sql|createDataFrame|table|catalog|sparkContext|conf|udf"
    r"|range|streams|stop|_jsc|_sc)(?:\.\w+)*)?"
    r"|pyspark\.SparkContext(?:\.(?:getOrCreate|parallelize|broadcast|textFile|wholeTextFiles|binaryFiles|setLogLevel|stop"
    r"|addFile|addPyFile|setCheckpointDir|accumulator|union|emptyRDD|_jsc)(?:\.\w+)*)?"
    r"|pyspark\.(?!(?:sql\.)?SparkSession|SparkContext|sql\.types\.)[\w.()]+"
    r"|(?:sparknlp|sparkdl|databricks\.koalas|synapse\.ml)\.[\w.()]+"
)
_SPARK_SESSION = _code.matches(
    r"pyspark\.(?:sql\.)?(?:SparkSession|SparkContext)(?:\.(?:builder|read|createDataFrame|getOrCreate)(?:\.\w+)*)?"
)
_READS = _code.matches(
    r"[\w.?()]*\.(?:read_(?:csv|parquet|json|excel|pickle|feather|table)|parquet|csv|json|orc|load|text|textFile|wholeTextFiles"
    r"|binaryFiles|open|ls|glob|exists|get|info|find|load_model|imread|isdir|listdir|walk)"
)
_WRITES = _code.matches(
    r"[\w.?()]*\.(?:to_(?:csv|parquet|json|excel|pickle|feather)|save|saveAsTextFile|saveAsTable|put|cp|write|dump|write_table"
    r"|savefig|save_model)"
)
_SPARK_WRITES = _code.matches(
    r"pyspark\.sql\.DataFrameWriter\.(?:parquet|csv|json|orc|text|save|saveAsTable|insertInto|start|toTable)"
)
_SPARK_FORMATS = {"parquet", "csv", "json", "orc", "save", "text", "load", "saveAsTable", "saveAsTextFile"}
_OF_A_WRITER = re.compile(r"\.write\b|writeStream")
_CLIENT_READS = _code.matches(
    r"boto3[\w.()]*\.(?:get_object|download_file|download_fileobj|list_objects(?:_v2)?|get_paginator|Object|Bucket|head_object"
    r"|list_buckets|objects\.\w+)|\?\.(?:get_object|download_file|download_fileobj|list_objects(?:_v2)?|download_blob"
    r"|download_to_filename|download_as_\w+|list_blobs|get_blob)"
    r"|google\.cloud\.storage\.[\w.()]+|azure\.storage\.[\w.()]+|azure\.datalake\.[\w.()]+"
    r"|(?:s3fs\.S3FileSystem|gcsfs\.GCSFileSystem|adlfs\.\w+)\.(?:open|ls|glob|get|find|exists)|smart_open\.open"
    r"|awswrangler\.s3\.read_\w+|minio\.Minio\.(?:get_object|fget_object|list_objects|stat_object)"
    r"|sagemaker\.(?:[\w.]+\.)?(?:Session\.(?:download_data|list_s3_files)|S3Downloader\.\w+)"
)
_CLIENT_WRITES = _code.matches(
    r"(?:boto3[\w.()]*|\?)\.(?:put_object|upload_file|upload_fileobj|upload_blob|upload_from_\w+|copy_object|upload_data)"
    r"|google\.cloud\.storage\.[\w.()]*\.upload_\w+|azure\.storage\.[\w.()]*\.upload_\w+"
    r"|(?:s3fs\.S3FileSystem|gcsfs\.GCSFileSystem|adlfs\.\w+)\.(?:put|touch|pipe|upload)|awswrangler\.s3\.to_\w+"
    r"|minio\.Minio\.f?put_object|sagemaker\.(?:[\w.]+\.)?(?:Session\.upload_data|S3Uploader\.\w+)"
)
_CLIENT_OBJECT_PUT = _code.matches(r"boto3[\w.()]*\.put|\?\.put")
_FILE_SYSTEMS = _code.matches(
    r"(?:s3fs\.S3FileSystem|gcsfs\.GCSFileSystem|smart_open|adlfs\.\w+)\.open|smart_open\.open"
)
_OPENS = _code.matches(r"fsspec\.open|builtins\.open")
_WRITE_MODES = {"w", "wb", "a", "ab"}
_SHELL = _code.matches(r"\?\.system|os\.(?:system|popen)|subprocess\.(?:run|call|check_call|check_output|Popen)")
_COPIES = re.compile(
    r"\b(?:aws\s+s3\s+(?:cp|mv|sync)|gsutil\s+(?:-m\s+)?(?:cp|mv|rsync)|gcloud\s+storage\s+(?:cp|mv|rsync)|s3cmd\s+(?:put|get|sync)"
    r"|azcopy\s+(?:cp|copy|sync)|hdfs\s+dfs\s+-\w+|hadoop\s+fs\s+-\w+)\b"
)
_AWAY = re.compile(r"(?:s3|gs|abfss?|hdfs)://\S*|https://\S+\.blob\.core\.windows\.net\S*")


def _without_comment(lines: Sequence[str]) -> str:
    return "\n".join(re.sub(r"(^|\s)#.*", "", line) for line in lines)


def _is_far(facts: Facts, call: _code.Call) -> bool:
    """Whether the call is given an address of a cloud storage, as a value or written in its own lines."""
    given = [*call.args, *call.keywords.values()]
    if any(_ADDRESS.search(text) for value in given for text in _texts(value)):
        return True
    return bool(_ADDRESS.search(_without_comment(_code.lines_at(facts, call.at))))


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        value = value.get("any") or value.get("starts")
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _command(call: _code.Call) -> str:
    """The command that a call gives to the shell, as far as it is known."""
    given = call.args[0] if call.args and _SHELL(call.name) else None
    held = given.get("holds") if isinstance(given, Mapping) else None
    words = held or _texts(given)
    return " ".join(str(word) for word in words)


def _copies(call: _code.Call, away: bool) -> bool:
    """Whether a call has the shell copy files of a cloud storage; to it when ``away``."""
    command = _command(call)
    if not _COPIES.search(command):
        return False
    words = [word for word in command.split() if not word.startswith("-")]
    return bool(_AWAY.search(words[-1])) or "-put" in command.split() if away else True


def _by_writer(facts: Facts, call: _code.Call) -> bool:
    """``frame.write.mode("overwrite").parquet(path)``: the same last method reads and writes, the chain tells."""
    return bool(_OF_A_WRITER.search(_without_comment(_code.lines_at(facts, call.at))))


def _is_write(facts: Facts, call: _code.Call) -> bool:
    if _CLIENT_WRITES(call.name):
        return True
    if _FILE_SYSTEMS(call.name):
        return bool(call.keyword("mode", 1) & _WRITE_MODES)
    if _CLIENT_OBJECT_PUT(call.name):
        return "Body" in call.keywords
    if _SHELL(call.name):
        return _copies(call, away=True)
    if _OPENS(call.name):
        return bool(call.keyword("mode", 1) & _WRITE_MODES) and _is_far(facts, call)
    if _SPARK_WRITES(call.name):
        return _is_far(facts, call)
    writes = _WRITES(call.name) or (call.method in _SPARK_FORMATS and _by_writer(facts, call))
    return writes and _is_far(facts, call)


def _is_read(facts: Facts, call: _code.Call) -> bool:
    if _CLIENT_READS(call.name) or _copies(call, away=False):
        return True
    if call.name == "fsspec.filesystem":
        return bool(call.keyword("protocol", 0) & {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "hdfs"})
    return _READS(call.name) and _is_far(facts, call)


def _written(facts: Facts) -> list[_code.Call]:
    return [call for call in _code.calls(facts) if _is_write(facts, call)]


def _exchanged(facts: Facts) -> list[_code.Call]:
    return [call for call in _code.calls(facts) if _is_write(facts, call) or _is_read(facts, call)]


def _spark(facts: Facts) -> list[_code.Call]:
    """Calls of Spark, what opens the session first."""
    calls = [call for call in _code.calls(facts) if _SPARK(call.name)]
    return sorted(calls, key=lambda call: not _SPARK_SESSION(call.name))


def _check(code: str, hits: Hits, fr: str, en: str) -> Check:
    return check(code, "cloud", hits, {"fr": fr, "en": en}, version=2)


CHECKS: tuple[Check, ...] = (
    _check("spark.used", _spark, "Calcul distribué avec Spark", "Distributed computing with Spark"),
    _check("cloud.storage_io", _exchanged, "Stockage dans le cloud", "Storage in the cloud"),
    _check("cloud.output_written", _written, "Résultats écrits dans le cloud", "Results written to the cloud"),
)

MESSAGES: _code.Words = (
    _code.words(
        "spark.used",
        {
            "met": "Spark est employé dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucun appel de Spark n’a été trouvé dans le code.",
        },
        {
            "met": "Spark is used in {path} ({count:place|places} in all).",
            "not_met": "No call of Spark was found in the code.",
        },
    )
    | _code.words(
        "cloud.storage_io",
        {
            "met": "Un stockage du cloud est lu ou écrit dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune lecture ni écriture d’un stockage du cloud n’a été trouvée dans le code.",
        },
        {
            "met": "A cloud storage is read or written in {path} ({count:place|places} in all).",
            "not_met": "No reading or writing of a cloud storage was found in the code.",
        },
    )
    | _code.words(
        "cloud.output_written",
        {
            "met": "Des résultats sont écrits dans le cloud par {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune écriture dans un stockage du cloud n’a été trouvée dans le code.",
        },
        {
            "met": "Results are written to a cloud storage in {path} ({count:place|places} in all).",
            "not_met": "No writing to a cloud storage was found in the code.",
        },
    )
)
