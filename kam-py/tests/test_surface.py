"""What the package offers, against what the compiled part and the registry have."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import kam
from kam import _kam

PACKAGE = Path(kam.__file__).parent
GENERATOR = Path(__file__).resolve().parents[1] / "generate"


def environment():
    """A child sees the package under test, installed or not."""
    return {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "MYPYPATH": ""}


@pytest.fixture
def generate(monkeypatch):
    """The modules that write what is made from the registry."""
    monkeypatch.syspath_prepend(GENERATOR)
    return SimpleNamespace(functions=importlib.import_module("functions"), pages=importlib.import_module("pages"))


def test_the_functions_are_those_of_the_registry(generate):
    modules = generate.functions.generate()
    for path, text in modules.items():
        assert (PACKAGE / "_methods" / path.name).read_text(encoding="utf-8") == text, "make generate"
    assert {path.name for path in (PACKAGE / "_methods").glob("*.py")} == {path.name for path in modules}
    assert set(kam._methods.__all__) == {method.name for method in kam.methods()} <= set(kam.__all__)
    # A change of the registry would be seen.
    assert any("a: float = 0.8" in text for text in modules.values())


def test_the_pages_are_those_of_the_registry(generate):
    for path, page in generate.pages.generate().items():
        assert path.read_text(encoding="utf-8") == page, "make generate"


def test_the_page_of_all_options_has_all(generate):
    text = generate.pages.REFERENCE.read_text(encoding="utf-8")
    for method in kam.methods():
        section = text.split(f"\n## {method.name}\n")[1].split("\n## ")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == [option.name for option in method.options]
        assert all(f"`{name}`" in section for name in (*method.needs, *method.tables, *method.charts))


def test_ranges_are_those_of_the_checks(generate):
    ranges = generate.pages.Ranges()
    by_name = {method.name: method for method in kam.methods()}

    def of(method, name):
        return ranges.of(by_name[method], next(option for option in by_name[method].options if option.name == name))

    with pytest.raises(kam.OptionError) as caught:
        kam.abc(kam.sample().ledger.facts("2025-12-31"), a=-1)
    assert caught.value.hint == f"it must be {of('abc', 'a')}"
    assert of("effort", "neglect_days") == "at least 0"
    assert of("abc", "base") == of("competence", "worst") == ""


def test_types_in_option_tables_are_whole(generate):
    """Words are spelled out one by one, and no bracket is lost."""
    for method in kam.methods():
        for row in (generate.pages.option_row(option, "") for option in method.options):
            kind = row.split(" | ")[1]
            assert kind.count("[") == kind.count("]"), row
            assert "Literal" not in kind, row
    choice = {
        "anyOf": [{"enum": ["mean", "median"]}, {"type": "object", "additionalProperties": {"type": "number"}}, {"$ref": "#/$defs/Preset"}]
    }
    schema = {**choice, "$defs": {"Preset": {"enum": ["kraljic", "supplier"]}}}
    row = generate.pages.option_row(kam.OptionInfo("cut", "Where.", None, schema), "below 1")
    assert row == '| `cut` | `"mean", "median", "kraljic", "supplier" \\| Mapping[str, float]` | `null` | below 1 | Where. |'


def test_the_parameters_of_columns_are_those_of_a_ledger_and_a_book():
    from kam._ledger import COLUMNS

    for kind, others in ((kam.Ledger, ["source", "rates"]), (kam.Book, ["path"])):
        assert sorted(inspect.signature(kind).parameters) == sorted([*COLUMNS, *others])


def test_no_panic_leaves_the_compiled_part_as_one():
    """A panic that pyo3 raises is no Exception: all work without the interpreter goes through what catches them."""
    sources = Path(__file__).resolve().parents[1] / "src"
    bare = [
        f"{path.name}: {line.strip()}"
        for path in sorted(sources.glob("*.rs"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "py.detach(" in line and "Error::caught(" not in line
    ]
    assert bare == []


@pytest.mark.parametrize("method", kam.methods(), ids=lambda method: method.name)
def test_every_method_is_a_typed_function(method):
    function = getattr(kam, method.name)
    assert method.name in kam.__all__
    parameters = list(inspect.signature(function).parameters.values())
    assert [parameter.name for parameter in parameters] == ["facts", "crm", *(option.name for option in method.options)]
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters[2:])
    assert all(parameter.annotation not in (parameter.empty, "Any") for parameter in parameters)
    for parameter, option in zip(parameters[2:], method.options, strict=True):
        if not isinstance(option.default, (list, dict)):
            assert parameter.default == option.default
        elif parameter.default is not None:
            assert list(parameter.default) == option.default
        assert f"{option.name}: " in function.__doc__
        assert option.about, f"{method.name}.{option.name} has no description"
    assert method.about in " ".join(function.__doc__.split())
    assert all(f"{name}: " in function.__doc__ for name in method.tables)


def test_every_export_of_the_compiled_part_is_used_by_the_package():
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    exports = [name for name in dir(_kam) if not name.startswith("__")]
    assert exports
    assert [name for name in exports if f"_kam.{name}" not in source] == []


def test_the_stubs_are_those_of_the_package():
    done = subprocess.run([sys.executable, "-m", "mypy.stubtest", "kam"], capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_public_is_documented():
    for name in kam.__all__:
        thing = getattr(kam, name)
        if callable(thing):
            assert inspect.getdoc(thing), name
            for member, value in vars(thing).items() if inspect.isclass(thing) else ():
                if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                    assert inspect.getdoc(value), f"{name}.{member}"


def test_import_does_no_work():
    """No frame library is loaded, and nothing is written."""
    code = "import sys, kam; print([name for name in ('polars', 'pandas', 'pyarrow', 'duckdb', 'IPython') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    assert done.stdout == "[]\n"
    assert done.stderr == ""
    assert (PACKAGE / "py.typed").exists()


def test_spark_is_loaded_when_it_is_asked_for():
    code = "import sys, kam; before = 'kam.spark' in sys.modules; print(before, kam.spark.facts.__name__, 'pyspark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)})
    assert done.stdout == "False facts False\n"
    with pytest.raises(AttributeError, match="sparks"):
        _ = kam.sparks


def test_versions_agree():
    assert kam.__version__ == _kam.__version__
