"""Objects of the compiled part never change: a copy is the same object, and another process is told what to take instead."""

from __future__ import annotations

import copy
import pickle

import pyarrow as pa
import pytest

import kam
from conftest import AS_OF, COLUMNS, ROWS


def held():
    ledger = kam.Ledger(pa.table(ROWS), **COLUMNS)
    facts = ledger.facts(AS_OF)
    review = kam.review(facts)
    model = kam.btyd.model("bg_nbd", {"r": 0.25, "alpha": 4.0, "a": 0.8, "b": 2.5})
    spend = kam.btyd.gamma_gamma({"p": 6.0, "q": 4.0, "gamma": 15.0})
    crm = kam.Crm(accounts=pa.table({"account": ["ACME"]}))
    result = kam.abc(facts)
    dossier = review.dossier(facts.accounts["account"][0])
    return [ledger, facts, review, dossier, crm, result, result.table, model, spend]


def test_a_copy_is_the_same_object():
    for one in held():
        assert copy.copy(one) is one
        assert copy.deepcopy([one])[0] is one


def test_pickling_says_what_to_do_instead():
    for one in held():
        with pytest.raises(TypeError, match=rf"{type(one).__qualname__} cannot be pickled; (send|make) "):
            pickle.dumps(one)


def test_results_of_plain_numbers_can_be_pickled():
    scored = kam.mcda.topsis([[1, 2], [3, 1]], [1, 1])
    assert pickle.loads(pickle.dumps(scored)).score.tolist() == scored.score.tolist()
