"""Purchase models over arrays, and the summary of a ledger."""

from __future__ import annotations

import math

import numpy as np
import pytest

import kam

X = np.array([2.0, 0.0, 5.0, 1.0, 0.0, 3.0, 1.0, 0.0])
T_X = np.array([30.4, 0.0, 33.0, 1.7, 0.0, 12.0, 5.0, 0.0])
T = np.array([38.9, 38.9, 38.0, 37.0, 36.0, 35.0, 34.0, 33.0])
BG = {"r": 0.2425967, "alpha": 4.413659, "a": 0.7929869, "b": 2.426164}


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_a_fit_has_all_its_parts(name):
    drawn = kam.btyd.model("bg_nbd", BG).simulate(3000, (20.0, 40.0), seed=5)
    fit = kam.btyd.fit(name, drawn.x, drawn.t_x, drawn.T)
    assert fit.converged
    assert fit.name == name
    assert fit.report.customers == 3000
    names = ["r", "alpha", "s", "beta"] if name == "pareto_nbd" else ["r", "alpha", "a", "b"]
    assert list(fit.params) == list(fit.standard_errors) == names
    assert fit.log_likelihood == pytest.approx(fit.log_likelihood_of(drawn.x, drawn.t_x, drawn.T), rel=1e-12)
    p = fit.p_alive(drawn.x, drawn.t_x, drawn.T)
    low, high = fit.p_alive_interval(drawn.x, drawn.t_x, drawn.T)
    assert p.shape == (3000,)
    assert np.all((low <= p) & (p <= high) & (low >= 0) & (high <= 1))
    expected = fit.expected_purchases(26, drawn.x, drawn.t_x, drawn.T)
    low, high = fit.expected_purchases_interval(26, drawn.x, drawn.t_x, drawn.T)
    assert np.all((low <= expected) & (expected <= high))
    each = fit.expected_purchases(np.full(3000, 26.0), drawn.x, drawn.t_x, drawn.T)
    assert np.array_equal(each, expected)
    # Grouping changes nothing, and a model of the same parameters says the same.
    assert kam.btyd.fit(name, drawn.x, drawn.t_x, drawn.T, group=False).params == pytest.approx(fit.params, rel=1e-7)
    again = kam.btyd.model(name, fit.params)
    assert np.array_equal(again.p_alive(drawn.x, drawn.t_x, drawn.T), p)
    assert again.converged is None
    assert again.log_likelihood is None
    assert again.standard_errors is None
    assert again.report is None
    assert "log-likelihood" in repr(fit)
    assert name in repr(again)
    bins = fit.frequency_bins(26, drawn.x, drawn.t_x, drawn.T, np.zeros(3000), last=3)
    assert bins.x == [0, 1, 2, 3]
    assert sum(bins.customers) == 3000
    assert set(bins.actual) == {0.0}


def test_single_numbers_give_single_numbers():
    model = kam.btyd.model("bg_nbd", BG)
    assert isinstance(model.p_alive(26, 30.857142857, 31), float)
    assert model.p_alive(26, 30.857142857142858, 31) == pytest.approx(0.9688523, abs=5e-8)
    assert model.expected_purchases_new(52) == pytest.approx(1.444004, abs=5e-7)
    times = model.expected_purchases_new([1, 3])
    assert times == pytest.approx([0.0532, 0.1506], abs=5e-5)
    assert model.expected_purchases([10, 20], 2, 30, 38).shape == (2,)


@pytest.mark.parametrize("kind", [list, tuple, np.asarray, lambda values: np.asarray(values, dtype=np.int64)])
def test_anything_like_an_array_is_taken(kind):
    model = kam.btyd.model("bg_nbd", BG)
    expected = model.p_alive(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([30.0, 31.0]))
    assert np.array_equal(model.p_alive(kind([1, 2]), kind([3, 4]), kind([30, 31])), expected)
    strided = np.arange(8.0)[::2]
    assert model.p_alive(np.zeros(4), np.zeros(4), strided).shape == (4,)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((1.0, 40.0, 39.0), "t_x 40 is greater than T 39"),
        ((1.5, 4.0, 39.0), "x is 1.5"),
        ((1.0, 0.0, 39.0), "t_x is 0"),
        ((-1.0, 0.0, 39.0), "x is -1"),
        ((math.nan, 0.0, 39.0), "x is NaN"),
        ((None, 0.0, 39.0), "x is NaN"),
    ],
)
def test_a_wrong_row_is_named(row, message):
    columns = [[*values, value] for values, value in zip((X, T_X, T), row, strict=True)]
    for call in (
        lambda: kam.btyd.fit("bg_nbd", *columns),
        lambda: kam.btyd.model("bg_nbd", BG).p_alive(*columns),
        lambda: kam.btyd.model("bg_nbd", BG).expected_purchases(5, *columns),
    ):
        with pytest.raises(kam.FitError, match=r"row 8") as caught:
            call()
        assert message in str(caught.value)
        assert caught.value.code == 601
        assert caught.value.hint


def test_wrong_calls_are_refused():
    with pytest.raises(kam.FitError, match="no model"):
        kam.btyd.fit("nbd", X, T_X, T)
    with pytest.raises(kam.FitError, match="t_x has 3"):
        kam.btyd.fit("bg_nbd", X, T_X[:3], T)
    with pytest.raises(kam.FitError, match="no customers"):
        kam.btyd.fit("bg_nbd", [], [], [])
    with pytest.raises(kam.FitError, match="numbers"):
        kam.btyd.fit("bg_nbd", ["a"], [0], [1])
    with pytest.raises(kam.FitError, match="dimensions"):
        kam.btyd.fit("bg_nbd", [[1]], [[1]], [[1]])
    with pytest.raises(kam.FitError, match="missing"):
        kam.btyd.model("bg_nbd", {"r": 1.0})
    with pytest.raises(kam.FitError, match="`s`"):
        kam.btyd.model("bg_nbd", {**BG, "s": 1.0})
    with pytest.raises(kam.FitError, match="r is -1"):
        kam.btyd.model("bg_nbd", {**BG, "r": -1.0})
    with pytest.raises(kam.FitError, match="no intervals"):
        kam.btyd.model("bg_nbd", BG).p_alive_interval(X, T_X, T)
    with pytest.raises(kam.OptionError, match="level"):
        kam.btyd.fit("bg_nbd", X, T_X, T).p_alive_interval(X, T_X, T, level=95)
    with pytest.raises(kam.OptionError, match="last"):
        kam.btyd.model("bg_nbd", BG).frequency_bins(5, X, T_X, T, X, last=-1)
    for age in ((3.0, 1.0), (1.0, 2.0, 3.0), -1.0, math.inf):
        with pytest.raises(kam.OptionError, match="`T`"):
            kam.btyd.model("bg_nbd", BG).simulate(5, age, seed=1)
    with pytest.raises(kam.FitError, match="T cannot be read as numbers"):
        kam.btyd.model("bg_nbd", BG).simulate(10, "a", 1)
    with pytest.raises(kam.OptionError, match="`customers`"):
        kam.btyd.model("bg_nbd", BG).simulate(-1, 1.0, 1)
    with pytest.raises(kam.OptionError, match="`seed`"):
        kam.btyd.model("bg_nbd", BG).simulate(10, 1.0, "a")
    for params in ([0.2, 4.4], None):
        with pytest.raises(kam.FitError, match="`params`"):
            kam.btyd.model("bg_nbd", params)
    with pytest.raises(kam.FitError, match="parameter a is 'much'"):
        kam.btyd.model("bg_nbd", {**BG, "a": "much"})


def test_the_spend_model_by_its_name():
    params = {"p": 6.25, "q": 3.74, "gamma": 15.44}
    model = kam.btyd.model("gamma_gamma", params)
    assert isinstance(model, kam.btyd.GammaGamma)
    assert model.params == params
    assert model.expected_spend(2, 22.35) == kam.btyd.gamma_gamma(params).expected_spend(2, 22.35)
    values = {"x": [2, 0], "mean_spend": [22.35, None]}
    said = kam.calculate("btyd.model", model="gamma_gamma", params=params, **values)
    assert said == kam.calculate("btyd.gamma_gamma", params=params, **values)


def test_spend():
    model = kam.btyd.gamma_gamma({"p": 6.25, "q": 3.74, "gamma": 15.44})
    assert model.expected_spend(2, 22.35) == pytest.approx(24.66, abs=0.01)
    assert model.mean == pytest.approx(35.22, abs=0.01)
    assert model.expected_spend(0, math.nan) == pytest.approx(model.mean)
    fit = kam.btyd.fit_gamma_gamma([2, 0, 5, 1, 3], [22.35, math.nan, 40.0, 11.8, 73.7])
    assert fit.report.customers == 4
    assert set(fit.params) == {"p", "q", "gamma"} == set(fit.standard_errors)
    assert math.isfinite(fit.log_likelihood)
    assert fit.converged in (True, False)
    assert "GammaGamma" in repr(fit)
    assert fit.expected_spend([2, 5], [22.35, 40.0]).shape == (2,)
    with pytest.raises(kam.FitError, match="row 1: mean_spend is 0|mean_spend is 0"):
        kam.btyd.fit_gamma_gamma([1, 1], [5.0, 0.0])
    heavy = kam.btyd.gamma_gamma({"p": 0.4, "q": 0.5, "gamma": 10.0})
    assert heavy.mean is None
    assert np.isnan(heavy.expected_spend(1, 20.0))


def ledger(tmp_path):
    path = tmp_path / "sales.csv"
    rows = [
        "a,2024-01-01,10",
        "a,2024-01-08,20",
        "a,2024-01-08,5",
        "a,2024-02-05,30",
        "b,2024-02-01,7",
        "c,2024-03-01,0",
        "d,2024-03-01,-5",
    ]
    path.write_text("account,date,amount\n" + "\n".join(rows) + "\n")
    return kam.Ledger(str(path), account="account", date="date", amount="amount")


def test_the_summary_of_a_ledger_and_of_its_facts(tmp_path):
    source = ledger(tmp_path)
    table = kam.btyd.summary(source, as_of="2024-03-31")
    assert table.columns == ["account", "x", "t_x", "T", "mean_spend"]
    assert list(table["account"]) == ["a", "b", "c"]
    assert table["x"].tolist() == [2, 0, 0]
    assert table["t_x"][0] == 5.0
    assert table["T"].tolist() == pytest.approx([90 / 7, 59 / 7, 30 / 7])
    assert table["mean_spend"][0] == 27.5
    assert np.isnan(table["mean_spend"][1])
    facts = source.facts("2024-03-31", grain="day")
    assert kam.btyd.summary(facts).to_dict() == table.to_dict()
    assert kam.btyd.summary(facts, unit="day")["t_x"][0] == 35.0
    assert kam.btyd.summary(facts, free_purchases=False)["x"].tolist() == [2, 0]
    earlier = kam.btyd.summary(facts, as_of="2024-01-31")
    assert earlier.to_dict() == kam.btyd.summary(source, as_of="2024-01-31").to_dict()
    with pytest.raises(kam.OptionError, match="as_of"):
        kam.btyd.summary(source)
    with pytest.raises(kam.OptionError, match="unit"):
        kam.btyd.summary(facts, unit="fortnight")
    with pytest.raises(kam.KamError, match="2024-01-31"):
        kam.btyd.summary(source.facts("2024-03-31"), as_of="2024-01-31")
    with pytest.raises(kam.OptionError, match="spend"):
        kam.btyd.summary(facts, spend="all")
