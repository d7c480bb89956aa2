"""What the package offers, against what the compiled part and the registry have."""

from __future__ import annotations

import importlib.util
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kam
from kam import _kam

PACKAGE = Path(kam.__file__).parent
GENERATOR = Path(__file__).resolve().parents[1] / "generate.py"


def environment():
    """A child sees the package under test, installed or not."""
    return {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "MYPYPATH": ""}


def generator():
    spec = importlib.util.spec_from_file_location("generate", GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_functions_are_those_of_the_registry():
    text = generator().generate()
    assert (PACKAGE / "_methods.py").read_text(encoding="utf-8") == text, "run generate.py"
    assert set(kam._methods.__all__) == {method.name for method in kam.methods()} <= set(kam.__all__)
    # A change of the registry would be seen.
    assert text != text.replace("a: float = 0.8", "a: float = 0.7")


def test_the_option_tables_of_the_pages_are_those_of_the_registry():
    generate = generator()
    for method in generate.methods():
        page = (generate.PAGES / f"{method.name}.md").read_text(encoding="utf-8")
        assert page == generate.page(method), "run generate.py"
        assert page.count("\n| `") >= len(method.options)


def test_types_in_option_tables_are_whole():
    """Words are spelled out one by one, and no bracket is lost."""
    generate = generator()
    for method in kam.methods():
        for row in map(generate.option_row, method.options):
            kind = row.split(" | ")[1]
            assert kind.count("[") == kind.count("]"), row
            assert "Literal" not in kind, row
    choice = {
        "anyOf": [{"enum": ["mean", "median"]}, {"type": "object", "additionalProperties": {"type": "number"}}, {"$ref": "#/$defs/Preset"}]
    }
    schema = {**choice, "$defs": {"Preset": {"enum": ["kraljic", "supplier"]}}}
    row = generate.option_row(kam.OptionInfo("cut", "Where.", None, schema))
    assert row == '| `cut` | `"mean", "median", "kraljic", "supplier" \\| Mapping[str, float]` | `null` | Where. |'


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
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
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
