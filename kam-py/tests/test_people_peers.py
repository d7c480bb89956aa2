"""The statistics under people and effort against pingouin, statsmodels and scipy on the same data."""

from __future__ import annotations

import math

import numpy as np
import pytest

import kam

pingouin = pytest.importorskip("pingouin")
pandas = pytest.importorskip("pandas")


@pytest.mark.parametrize("seed", range(5))
def test_intraclass_correlation_of_equal_groups_is_pingouins(seed):
    random = np.random.default_rng(seed)
    groups, size = 8, 5
    values = random.normal(size=(groups, 1)) * seed + random.normal(size=(groups, size))
    table = pandas.DataFrame(
        {"group": np.repeat(np.arange(groups), size), "rater": np.tile(np.arange(size), groups), "value": values.ravel()}
    )
    rows = pingouin.intraclass_corr(table, targets="group", raters="rater", ratings="value")
    peer = rows.iloc[0]
    assert peer["Type"] in ("ICC1", "ICC(1,1)")
    ours = kam.calculate("stats.intraclass_correlation", values=values.ravel().tolist(), groups=table["group"].tolist())
    assert ours["icc"] == pytest.approx(peer["ICC"], abs=1e-9)
    assert ours["f"] == pytest.approx(peer["F"], rel=1e-9)
    p_value = next(name for name in rows.columns if name.lower().startswith("p"))
    assert ours["p_value"] == pytest.approx(peer[p_value], abs=1e-9)
    # pingouin prints its interval to two digits.
    interval = peer[next(name for name in rows.columns if name.startswith("CI95"))]
    assert [ours["low"], ours["high"]] == pytest.approx(list(interval), abs=0.0051)


@pytest.mark.parametrize("seed", range(5))
def test_intraclass_correlation_of_unequal_groups_follows_from_statsmodels_anova(seed):
    ols = pytest.importorskip("statsmodels.formula.api").ols
    anova_lm = pytest.importorskip("statsmodels.stats.anova").anova_lm
    f_distribution = pytest.importorskip("scipy.stats").f
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(6), [2, 9, 4, 1, 7, 3])
    values = random.normal(size=6)[groups] + random.normal(size=len(groups))
    table = anova_lm(ols("value ~ C(group)", pandas.DataFrame({"value": values, "group": groups})).fit())
    between, within = table["mean_sq"].iloc[0], table["mean_sq"].iloc[1]
    df1, df2 = table["df"]
    sizes = np.bincount(groups)
    n0 = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1)

    def icc(f: float) -> float:
        return (f - 1) / (f + n0 - 1)

    ours = kam.calculate("stats.intraclass_correlation", values=values.tolist(), groups=groups.tolist())
    assert ours["f"] == pytest.approx(table["F"].iloc[0], rel=1e-9)
    assert ours["p_value"] == pytest.approx(table["PR(>F)"].iloc[0], abs=1e-9)
    assert ours["icc"] == pytest.approx((between - within) / (between + (n0 - 1) * within), abs=1e-9)
    assert ours["low"] == pytest.approx(icc(ours["f"] / f_distribution.ppf(0.975, df1, df2)), abs=1e-9)
    assert ours["high"] == pytest.approx(icc(ours["f"] * f_distribution.ppf(0.975, df2, df1)), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_cross_correlation_is_statsmodels(seed):
    stattools = pytest.importorskip("statsmodels.tsa.stattools")
    random = np.random.default_rng(seed)
    x = np.cumsum(random.normal(size=60)) * 0.3 + random.normal(size=60)
    y = np.roll(x, 2) + random.normal(size=60)
    max_lag = 6
    ours = kam.calculate("stats.cross_correlation", x=x.tolist(), y=y.tolist(), max_lag=max_lag)
    # statsmodels gives the correlation of its first series, later, with its second.
    ahead, white_noise = stattools.ccf(y, x, adjusted=False, nlags=max_lag + 1, alpha=0.05)
    behind = stattools.ccf(x, y, adjusted=False, nlags=max_lag + 1)
    assert ours["lag"] == list(range(-max_lag, max_lag + 1))
    assert ours["correlation"] == pytest.approx([*behind[:0:-1], *ahead], abs=1e-9)
    assert ours["white_noise"] == pytest.approx((white_noise[0, 1] - white_noise[0, 0]) / 2, abs=1e-9)
    own = [stattools.acf(series, nlags=max_lag, fft=False)[1:] for series in (x, y)]
    assert ours["bartlett"] == pytest.approx(ours["white_noise"] * math.sqrt(max(1, 1 + 2 * (own[0] * own[1]).sum())), abs=1e-9)


@pytest.mark.parametrize("counts", [(27, 122, 44, 487), (1, 2, 1, 3), (40, 50, 3, 900)])
def test_risk_ratio_is_scipys(counts):
    relative_risk = pytest.importorskip("scipy.stats.contingency").relative_risk
    peer = relative_risk(*counts)
    names = ("exposed_events", "exposed", "other_events", "others")
    ours = kam.calculate("stats.risk_ratio", **dict(zip(names, counts, strict=True)))
    assert ours["ratio"] == pytest.approx(peer.relative_risk, rel=1e-9)
    interval = peer.confidence_interval(0.95)
    assert [ours["low"], ours["high"]] == pytest.approx([interval.low, interval.high], rel=1e-9)
