"""Run by a Python that has sssom-py: reads mapping sets with their metadata and validates them; prints
a JSON list."""

import json
import sys
from pathlib import Path

import yaml
from sssom.constants import DEFAULT_VALIDATION_TYPES
from sssom.parsers import parse_sssom_table
from sssom.validators import validate

every = []
for table in map(Path, sys.argv[1:]):
    given = yaml.safe_load(table.with_suffix(".yml").read_text(encoding="utf-8"))
    found = parse_sssom_table(str(table), prefix_map=given["curie_map"], meta=given)
    reports = validate(found, DEFAULT_VALIDATION_TYPES, fail_on_error=False)
    said = [result.message for report in reports.values() for result in report.results]
    every.append({"read": len(found.df), "checks": len(reports), "said": said})
print(json.dumps(every))
