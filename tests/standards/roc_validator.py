"""Run by a Python that has roc-validator: validates crates; prints a JSON list.

The validator wants the context of RO-Crate from the web. Nothing is fetched here: it is given one that has the terms of
the crates in the namespaces that RO-Crate gives them, schema.org but for dcterms:conformsTo.
"""

import json
import sys
from pathlib import Path
from typing import Any

import requests
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.2/context"
SCHEMA = "http://schema.org/"
TERMS: dict[str, Any] = {"conformsTo": "http://purl.org/dc/terms/conformsTo", "File": f"{SCHEMA}MediaObject"}


def words(node: Any) -> set[str]:
    """All keys and classes of a JSON-LD document."""
    if isinstance(node, dict):
        kinds = node.get("@type", [])
        return (
            set(node) | set([kinds] if isinstance(kinds, str) else kinds) | {w for v in node.values() for w in words(v)}
        )
    return {word for one in node for word in words(one)} if isinstance(node, list) else set()


read = [json.loads(Path(crate, "ro-crate-metadata.json").read_text(encoding="utf-8")) for crate in sys.argv[1:]]
used = {word for one in read for word in words(one["@graph"])}
context = {word: TERMS.get(word, f"{SCHEMA}{word}") for word in sorted(used) if not word.startswith("@")}


def get(_self: object, url: str, *_: object, **__: object) -> requests.Response:
    if url != CONTEXT:
        raise requests.ConnectionError(f"not fetched: {url}")
    answer = requests.Response()
    answer.status_code, answer.url, answer.encoding = 200, url, "utf-8"
    answer.headers["Content-Type"] = "application/ld+json"
    answer._content = json.dumps({"@context": context}).encode()
    return answer


HttpRequester.get = get
requests.Session.get = get
requests.get = lambda url, **more: get(None, url, **more)
every = []
for crate in sys.argv[1:]:
    settings = ValidationSettings(
        rocrate_uri=crate, profile_identifier="ro-crate-1.2", requirement_severity=Severity.REQUIRED, offline=True,
        validate_profile_checks=False, skip_availability_check=True,
    )  # fmt: skip
    result = services.validate(settings)
    said = sorted(f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues())
    every.append({"passed": result.passed(), "checks": len(result.executed_checks), "said": said})
print(json.dumps(every))
