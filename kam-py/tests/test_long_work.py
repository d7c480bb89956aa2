"""Long work: it can be interrupted, it lets other threads run, and it says how far it is."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading

import numpy as np
import polars as pl
import pytest

import kam
from conftest import AS_OF
from kam import _progress

COLUMNS = {"account": "account", "date": "day", "amount": "amount"}


def large(rows: int) -> pl.DataFrame:
    random = np.random.default_rng(1)
    days = np.datetime64("2023-01-01") + random.integers(0, 700, rows)
    return pl.DataFrame(
        {
            "account": random.integers(0, rows // 40 + 1, rows),
            "day": days.astype("datetime64[ms]"),
            "amount": random.integers(1, 100_000, rows),
        }
    )


def test_ctrl_c_ends_the_work_before_its_end(tmp_path):
    """A ledger of many batches; the signal comes while it is read."""
    script = textwrap.dedent(
        """
        import sys
        import kam
        import test_long_work

        FRAMES, ROWS = 10_000, 1_000_000
        frame = test_long_work.large(ROWS)
        heard = []
        def report(stage, done, total):
            heard.append(done)  # Before the word: the signal may come while it is printed.
            if len(heard) == 1:
                print("reading", flush=True)

        def frames():
            for number in range(FRAMES):
                yield frame

        # Nothing of Python runs while a stream of one frame is folded, so a list is read too.
        source = frames() if sys.argv[1] == "iterator" else [frame] * FRAMES
        try:
            kam.Ledger(source, **test_long_work.COLUMNS).facts("2024-12-31", progress=report)
        except KeyboardInterrupt:
            print("interrupted", heard[-1] < FRAMES * ROWS, flush=True)
            sys.exit(3)
        """
    )
    path = tmp_path / "work.py"
    path.write_text(script, encoding="utf-8")
    here = os.path.dirname(__file__)
    for kind in ("iterator", "list"):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])}
        work = subprocess.Popen([sys.executable, str(path), kind], stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert work.stdout.readline() == "reading\n"
            work.send_signal(signal.SIGINT)
            rest, _ = work.communicate()
        finally:
            work.kill()
        assert rest == "interrupted True\n"
        assert work.returncode == 3


def test_other_threads_run_meanwhile():
    """No thread is made to give the interpreter up to another: the other one runs only if the work lets go of it."""
    ledger = kam.Ledger(large(1_000_000), **COLUMNS)
    go, seen = threading.Event(), []

    def wait():
        go.wait()
        seen.append("ran")

    before = sys.getswitchinterval()
    thread = threading.Thread(target=wait)
    thread.start()
    sys.setswitchinterval(1e6)
    try:
        go.set()
        ran_before = list(seen)
        # The system may not wake the thread within one fold; it does within many, or never.
        for _ in range(200):
            ledger.facts(AS_OF, window="all", progress=False)
            if seen:
                break
        ran = list(seen)
    finally:
        sys.setswitchinterval(before)
        thread.join()
    assert (ran_before, ran) == ([], ["ran"])


def test_progress_reaches_a_callable():
    heard = []
    frame = large(200_000)
    kam.Ledger([frame] * 5, **COLUMNS).facts(AS_OF, progress=lambda *report: heard.append(report))
    assert heard
    stages, done, _ = zip(*heard, strict=True)
    assert all(isinstance(stage, str) for stage in stages)
    assert list(done) == sorted(done)
    reviewed = []
    company = kam.sample(accounts=60, months=24)
    kam.review(company.ledger.facts(company.as_of), company.crm, progress=lambda *report: reviewed.append(report))
    assert reviewed[-1][1] == reviewed[-1][2] == len(kam.methods())


def test_what_the_callable_raises_stops_the_work():
    class EnoughError(Exception):
        pass

    def report(stage, done, total):
        raise EnoughError(stage)

    with pytest.raises(EnoughError):
        kam.Ledger([large(10_000)] * 3, **COLUMNS).facts(AS_OF, progress=report)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_appears_on_a_terminal_and_is_wiped(monkeypatch):
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    kam.Ledger([large(10_000)] * 3, **COLUMNS).facts(AS_OF)
    shown = sys.stderr.getvalue()
    assert "reading the ledger" in shown
    last = shown.rstrip("\r").rsplit("\r", 1)[1]
    assert last.strip() == ""


def test_the_bar_shows_a_share_where_the_total_is_known(monkeypatch):
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = _progress.Bar()
    bar("reading", 5_000, 10_000)
    assert f"[{'█' * 15}{'·' * 15}] 5,000 of 10,000" in sys.stderr.getvalue()


@pytest.mark.parametrize("progress", [None, False])
def test_nobody_watches(monkeypatch, progress):
    # The runner of the notebooks loads it into this process.
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", io.StringIO() if progress is None else Terminal())
    kam.Ledger([large(10_000)] * 3, **COLUMNS).facts(AS_OF, progress=progress)
    assert sys.stderr.getvalue() == ""


@pytest.mark.parametrize(
    "call",
    [
        "kam.btyd.fit('pareto_nbd', drawn.x, drawn.t_x, drawn.T, group=False)",
        "kam.btyd.fit_gamma_gamma(drawn.x, np.random.default_rng(1).gamma(2, 5, len(drawn.x)))",
        "kam.purchase_model(facts, model='pareto_nbd')",
        "kam.clv(facts, given={'purchase_model': {'model': 'pareto_nbd'}})",
    ],
)
def test_ctrl_c_ends_a_fit(call):
    """The signal comes as the fit begins, which alone takes seconds."""
    script = textwrap.dedent(
        f"""
        import sys
        import numpy as np
        import kam
        import test_long_work

        model = kam.btyd.model("pareto_nbd", {{"r": 0.55, "alpha": 10.6, "s": 0.6, "beta": 11.7}})
        drawn = model.simulate(2_000_000 if "gamma" in {call!r} else 400_000, (20.0, 60.0), seed=1)
        facts = kam.Ledger(test_long_work.large(4_000_000), **test_long_work.COLUMNS).facts("2024-12-31", progress=False)
        try:
            print("fitting", flush=True)
            {call}
            print("fitted", flush=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        """
    )
    here = os.path.dirname(__file__)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([here, *sys.path])}
    work = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert work.stdout.readline() == "fitting\n"
        work.send_signal(signal.SIGINT)
        rest, _ = work.communicate()
    finally:
        work.kill()
    assert rest == "interrupted\n"
