"""Multi-criteria decisions over arrays. The figures themselves are tested by the golden corpus."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import kam

MATRIX = [[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]]
WEIGHTS = [0.3, 0.4, 0.3]
RANDOM = np.random.default_rng(7).random((500, 6)) * 100
SIGNS = [1, -1, 1, 1, -1, 1]


def test_results_have_the_promised_names():
    topsis = kam.mcda.topsis(MATRIX, WEIGHTS, [1, 1, 1], normalisation="vector")
    np.testing.assert_allclose(topsis.score, [0.5037, 0.6581, 0.7482, 0.3340], atol=5e-5)
    assert topsis.rank.tolist() == [3, 2, 1, 4]
    assert topsis.ideal.shape == topsis.anti_ideal.shape == (3,)
    vikor = kam.mcda.vikor(MATRIX, WEIGHTS, [1, 1, 1], v=0.5)
    assert vikor.rank.tolist() == [3, 2, 1, 4]
    assert vikor.s.shape == vikor.r.shape == vikor.q.shape == (4,)
    assert vikor.compromise.tolist() == [2, 1]
    flows = kam.mcda.promethee2(MATRIX, WEIGHTS, [1, 1, 1], preference="usual")
    np.testing.assert_allclose(flows.phi, flows.phi_plus - flows.phi_minus, atol=1e-15)
    np.testing.assert_allclose(flows.criterion_flows @ flows.weights, flows.phi, atol=1e-15)
    total = kam.mcda.weighted_sum(MATRIX, WEIGHTS, [1, 1, 1])
    np.testing.assert_allclose(total.contributions.sum(axis=1), total.score, atol=1e-15)
    assert kam.mcda.entropy_weights(MATRIX).sum() == pytest.approx(1)
    assert kam.mcda.critic_weights(MATRIX, [1, 1, -1]).sum() == pytest.approx(1)
    assert kam.mcda.normalise(MATRIX, [1, 1, 1]).shape == (4, 3)


def test_ahp():
    result = kam.mcda.ahp([[1, 1, 5, 2], [1, 1, 3, 4], [np.nan, None, 1, None], [None, None, None, 1]], random_index="donegan_dodd")
    assert result.completed[2, 3] == pytest.approx(0.730297, abs=1e-6)
    assert result.consistency_ratio == pytest.approx(0.0372, abs=5e-5)
    assert result.weights.sum() == pytest.approx(1)
    assert result.lambda_max > 4
    large = kam.mcda.ahp(np.ones((16, 16)))
    assert large.consistency_ratio is None
    assert large.random_index is None


def test_ahp_hierarchy():
    goal = {"names": ["a", "b"], "matrix": [[1, 3], [None, 1]], "children": {"a": {"names": ["x", "y"], "matrix": [[1, 4], [np.nan, 1]]}}}
    result = kam.mcda.ahp_hierarchy(goal)
    assert result.weights == pytest.approx({"a/x": 0.6, "a/y": 0.15, "b": 0.25})
    assert result.comparisons[("a",)].weights.tolist() == pytest.approx([0.8, 0.2])
    assert [node.path for node in result.nodes] == [("a",), ("a", "x"), ("a", "y"), ("b",)]


def test_smaa():
    result = kam.mcda.smaa(RANDOM[:40], SIGNS, samples=500, seed=3)
    np.testing.assert_allclose(result.acceptability.sum(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose(result.acceptability.sum(axis=1), 1, atol=1e-12)
    again = kam.mcda.smaa(RANDOM[:40], SIGNS, samples=500, seed=3)
    assert (again.counts == result.counts).all()
    other = kam.mcda.smaa(RANDOM[:40], SIGNS, samples=500, seed=4)
    assert (other.counts != result.counts).any()
    few = kam.mcda.smaa(RANDOM[:40], SIGNS, samples=500, seed=3, ranks=4)
    assert (few.counts == result.counts[:, :4]).all()
    np.testing.assert_allclose(few.among_first(4), result.acceptability[:, :4].sum(axis=1), atol=1e-12)
    assert np.isnan(result.central_weights).all(axis=1).tolist() == (result.confidence == 0).tolist()
    ordered = kam.mcda.smaa(RANDOM[:5], SIGNS, weights={"order": [3, 0]}, samples=200)
    assert ordered.mean_weights[3] > ordered.mean_weights[0]
    bounded = kam.mcda.smaa(RANDOM[:5], SIGNS, weights=[(0.1, 0.3)] * 6, samples=200)
    assert ((bounded.mean_weights > 0.1) & (bounded.mean_weights < 0.3)).all()


def test_the_same_bits_on_any_number_of_threads():
    code = (
        "import kam, numpy as np, hashlib; x = np.random.default_rng(5).random((3000, 5));"
        "parts = [kam.mcda.smaa(x, samples=300, seed=9).counts, kam.mcda.topsis(x, [1] * 5).score, kam.mcda.vikor(x, [1] * 5).q,"
        "kam.mcda.promethee2(x, [1] * 5, preference='linear', q=0.1, p=0.4).phi];"
        "print(hashlib.sha256(b''.join(part.tobytes() for part in parts)).hexdigest())"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    digests = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment | threads).stdout
        for threads in ({"RAYON_NUM_THREADS": "1"}, {"RAYON_NUM_THREADS": "3"}, {})
    }
    assert len(digests) == 1


def test_order_in_memory_does_not_matter():
    columns = np.asfortranarray(RANDOM)
    spaced = np.repeat(RANDOM, 2, axis=0)[::2]
    for matrix in (columns, spaced, RANDOM.tolist()):
        assert (kam.mcda.topsis(matrix, [1] * 6, SIGNS).score == kam.mcda.topsis(RANDOM, [1] * 6, SIGNS).score).all()
        assert (kam.mcda.smaa(matrix, SIGNS, samples=20).counts == kam.mcda.smaa(RANDOM, SIGNS, samples=20).counts).all()


def test_frames_are_matrices():
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    columns = {"a": [5.0, 7.0, 8.0, 7.0], "b": [8, 6, 8, 4], "c": [4, 8, 6, 6]}
    expected = kam.mcda.topsis(MATRIX, WEIGHTS).score
    for frame in (polars.DataFrame(columns), pandas.DataFrame(columns)):
        assert (kam.mcda.topsis(frame, WEIGHTS).score == expected).all()


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (lambda: kam.mcda.topsis([[1, np.nan], [2, 3]], [1, 1]), ["criterion 1", "alternative 0"]),
        (lambda: kam.mcda.topsis([[1, np.inf], [2, 3]], [1, 1]), ["criterion 1", "alternative 0", "inf", "not finite"]),
        (lambda: kam.mcda.promethee2([[1], [2]], [1], preference="gaussian", s=0), ["s of criterion 0 is 0", "above 0"]),
        (lambda: kam.mcda.ahp([[1, 0], [None, 1]]), ["element 0", "element 1", "0", "how many times"]),
        (lambda: kam.mcda.smaa([[1, 2]], weights={"order": [0, 0]}), ["order names criterion 0 twice", "at most once"]),
        (lambda: kam.mcda.topsis([[1, 2]], [1, -3]), ["criterion 1", "-3"]),
        (lambda: kam.mcda.topsis([[1, 2]], [1]), ["1 weights for 2 criteria"]),
        (lambda: kam.mcda.topsis([[1, 2]], [1, 1], [1, 0]), ["directions", "0", "criterion 1"]),
        (lambda: kam.mcda.topsis([[1, 2]], [1, 1], normalisation="best"), ["normalisation", "best", "min_max"]),
        (lambda: kam.mcda.topsis([1, 2], [1, 1]), ["matrix", "1 dimensions"]),
        (lambda: kam.mcda.topsis([["x"]], [1]), ["matrix", "x"]),
        (lambda: kam.mcda.vikor([[1, 2]], [1, 1], v=2), ["v is 2"]),
        (lambda: kam.mcda.promethee2([[1, 2]], [1, 1], preference="steep"), ["preference", "steep", "gaussian"]),
        (lambda: kam.mcda.promethee2([[1, 2]], [1, 1], preference="linear", q=1), ["p", "criterion 0"]),
        (lambda: kam.mcda.promethee2([[1, 2]], [1, 1], preference="v_shape", p=[1, -1]), ["p of criterion 1", "-1"]),
        (lambda: kam.mcda.entropy_weights([[1, 2], [3, -4]]), ["criterion 1", "alternative 1", "-4"]),
        (lambda: kam.mcda.ahp([[1, 2, None], [None, 1, None], [None, None, 1]]), ["element 0", "element 2"]),
        (lambda: kam.mcda.ahp([[1, 2], [2, 1]]), ["reciprocal"]),
        (lambda: kam.mcda.smaa([[1, 2]], samples=0), ["samples", "0"]),
        (lambda: kam.mcda.smaa([[1, 2]], seed=-1), ["seed", "-1"]),
        (lambda: kam.mcda.smaa([[1, 2]], weights={"order": [5]}), ["order", "5"]),
        (lambda: kam.mcda.smaa([[1, 2]], weights=[(0.0, 0.2), (0.0, 0.2)]), ["0.4"]),
        (lambda: kam.mcda.smaa([[1, 2]], weights={"least": [1]}), ["weights", "least"]),
    ],
)
def test_errors_name_what_is_wrong(call, parts):
    with pytest.raises(kam.OptionError) as raised:
        call()
    text = str(raised.value)
    assert [part for part in parts if part not in text] == [], text
    assert raised.value.hint
    assert "page" not in raised.value.hint


def test_one_and_none():
    assert kam.mcda.topsis([[3, 4]], [1, 1]).score.tolist() == [0.5]
    assert kam.mcda.vikor([[3, 4]], [1, 1]).compromise.tolist() == [0]
    assert kam.mcda.promethee2([[3, 4]], [1, 1]).phi.tolist() == [0]
    empty = np.empty((0, 2))
    assert kam.mcda.topsis(empty, [1, 1]).score.shape == (0,)
    assert kam.mcda.weighted_sum(empty, [1, 1]).contributions.shape == (0, 2)
    assert kam.mcda.smaa(empty, samples=5).acceptability.shape == (0, 0)
