"""Runs the golden corpus of kam-core through the Python interface."""

from __future__ import annotations

import sys
from typing import Any

import pyarrow as pa
import pytest

import kam
from conftest import LEDGERS, REPOSITORY

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = REPOSITORY / "kam-core" / "tests" / "golden"
CASES = sorted(CORPUS.glob("*/*.toml"))


def column(values: list[Any]) -> pa.Array:
    """Text, whole numbers, floats or booleans, by what the values are; the word `null` is no value."""
    given = [value for value in values if value != "null"]
    values = [None if value == "null" else value for value in values]
    if given and all(isinstance(value, bool) for value in given):
        return pa.array(values, pa.bool_())
    if given and all(isinstance(value, int) and not isinstance(value, bool) for value in given):
        return pa.array(values, pa.int64())
    if given and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in given):
        return pa.array(values, pa.float64())
    return pa.array(values, pa.string())


def frame(columns: dict[str, list[Any]]) -> pa.Table:
    return pa.table({name: column(values) for name, values in columns.items()})


def nulls(value: Any) -> Any:
    """TOML has no null, so the word stands for it."""
    if isinstance(value, list):
        return [nulls(part) for part in value]
    if isinstance(value, dict):
        return {key: nulls(part) for key, part in value.items()}
    return None if value == "null" else value


def outcome(case: dict[str, Any]) -> dict[str, Any]:
    """What comes out, as plain values."""
    if "." not in case["method"]:
        return run(case).to_dict()
    return {"summary": kam.calculate(case["method"], **nulls(case["input"])), "tables": {}}


def run(case: dict[str, Any]) -> kam.Result:
    ledger = dict(case["ledger"])
    if "file" in ledger:
        source = LEDGERS / ledger["file"]
        if not source.exists():
            pytest.skip(f"not run: {source} is not here (set KAM_LEDGERS)")
    else:
        source = frame(ledger.get("data", {}))
    facts = kam.Ledger(source, **ledger["columns"]).facts(**case["facts"])
    crm = kam.Crm(**{name: frame(columns) for name, columns in case["crm"].items()}) if "crm" in case else None
    options = nulls(case.get("options", {}))
    by_name = kam.run(case["method"], facts, crm, options)
    typed = getattr(kam, case["method"])(facts, crm, **options)
    assert typed.to_dict() == by_name.to_dict(), "the typed function and the registry differ"
    return typed


class Comparison:
    """What differs between a result and what a case expects."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.found: list[str] = []

    def tolerance(self, name: str) -> float:
        tolerance = self.case.get("tolerance", {})
        return tolerance.get("columns", {}).get(name, tolerance.get("absolute", 1e-9))

    def equal(self, name: str, expected: Any, actual: Any) -> bool:
        if isinstance(expected, list) and isinstance(actual, list):
            return len(expected) == len(actual) and all(self.equal(name, *pair) for pair in zip(expected, actual, strict=True))
        if expected == "null" and actual is None:
            return True
        numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (expected, actual))
        if numbers:
            return abs(expected - actual) <= self.tolerance(name)
        return type(expected) is type(actual) and expected == actual

    def subset(self, path: str, name: str, expected: Any, actual: Any) -> None:
        if isinstance(expected, dict) and isinstance(actual, dict):
            for key, value in expected.items():
                if key not in actual:
                    self.found.append(f"{path} has no `{key}`, only {list(actual)}")
                else:
                    self.subset(f"{path}.{key}", key, value, actual[key])
        elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
            for at, pair in enumerate(zip(expected, actual, strict=True)):
                self.subset(f"{path}[{at}]", name, *pair)
        elif not self.equal(name, expected, actual):
            self.found.append(f"{path} is {actual!r}, expected {expected!r}")

    def table(self, name: str, expected: dict[str, list[Any]], actual: dict[str, list[Any]]) -> None:
        places = None
        if "account" in expected:
            keys = [str(key) for key in actual["account"]]
            places = [keys.index(str(account)) if str(account) in keys else None for account in expected["account"]]
        for column_name, wanted in expected.items():
            if column_name not in actual:
                self.found.append(f"table {name} has no column `{column_name}`, only {list(actual)}")
                continue
            got = actual[column_name]
            if len(wanted) != (len(got) if places is None else len(places)):
                self.found.append(f"table {name}, column {column_name}: {len(got)} rows, expected {len(wanted)}")
                continue
            for row, value in enumerate(wanted):
                place = row if places is None else places[row]
                if place is None:
                    self.found.append(f"table {name}: there is no account {expected['account'][row]!r}")
                elif column_name == "account":
                    if str(got[place]) != str(value):
                        self.found.append(f"table {name}, row {place}: account {got[place]!r}, expected {value!r}")
                elif not self.equal(column_name, value, got[place]):
                    self.found.append(f"table {name}, column {column_name}, row {place}: {got[place]!r}, expected {value!r}")


def differences(case: dict[str, Any], result: dict[str, Any]) -> list[str]:
    comparison = Comparison(case)
    expected = case["expected"]
    if "summary" in expected:
        comparison.subset("summary", "summary", expected["summary"], result["summary"])
    for name, columns in expected.get("tables", {}).items():
        if name in result["tables"]:
            comparison.table(name, columns, result["tables"][name]["columns"])
        else:
            comparison.found.append(f"there is no table `{name}`, only {list(result['tables'])}")
    return comparison.found


def test_there_is_a_corpus():
    assert CASES, f"no cases under {CORPUS}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path):
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    error = case["expected"].get("error")
    if error is None:
        assert differences(case, outcome(case)) == []
        return
    with pytest.raises(kam.KamError) as raised:
        outcome(case)
    assert raised.value.code == error["code"], str(raised.value)
    text = f"{raised.value.message}; {raised.value.hint or ''}"
    assert [part for part in error.get("contains", []) if part not in text] == [], text


def test_the_comparison_finds_what_differs():
    """A comparison that finds nothing would pass everything."""
    case = tomllib.loads((CORPUS / "abc" / "one_large_account.toml").read_text(encoding="utf-8"))
    result = run(case).to_dict()
    assert differences(case, result) == []
    result["summary"]["a_accounts"] = 2
    assert len(differences(case, result)) == 1
    result["tables"]["abc"]["columns"]["abc"][0] = "B"
    assert len(differences(case, result)) == 2
    del result["tables"]["abc"]["columns"]["share"]
    assert len(differences(case, result)) == 3
