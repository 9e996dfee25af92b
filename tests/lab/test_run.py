"""Running a demo in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from llmcore_tui.errors import DemoError, UnknownName
from llmcore_tui.lab.demo import read_demo
from llmcore_tui.lab.progress import listening
from llmcore_tui.lab.result import Estimate, NotReached, NotRun
from llmcore_tui.lab.run import run_here, run_with_off
from tests.lab.small_demo import DECLARED, LINE, with_body, write_demo


def test_a_run_has_its_numbers_with_the_idea_on_and_off(tmp_path: Path) -> None:
    run = run_with_off(read_demo(write_demo(tmp_path, LINE)), {"a": 3, "x": 4})
    assert run.set == {"a": 3.0, "x": 4.0}
    assert run.result.numbers == {"y": 12.0, "twice": 24.0}
    assert run.off_set == {"a": 0.0, "x": 4.0}
    assert run.off_result is not None
    assert run.off_result.numbers == {"y": 0.0, "twice": 0.0}
    assert run.says.en == "At a=3 the height is 12.0."
    assert run.says.zh == "a=3 时高度为 12.0。"
    assert set(run.versions) >= {"python", "torch", "numpy", "gymnasium"}
    assert 0 <= run.seconds < 1


def test_without_an_off_switch_there_is_one_run(tmp_path: Path) -> None:
    declared = DECLARED.replace('Off({"a": 0.0}, moves={"y": "down"})', 'Off.none("nothing")')
    demo = read_demo(write_demo(tmp_path, LINE.replace(DECLARED, declared)))
    run = run_with_off(demo)
    assert run.off_set is None
    assert run.off_result is None


def test_a_run_that_is_off_already_is_made_once(tmp_path: Path) -> None:
    counted = with_body(
        "    with open(__file__ + '.count', 'a') as file:\n        file.write('x')\n"
        "    return Result({'y': a * x, 'twice': 2 * a * x}, ran='formula')"
    )
    file = write_demo(tmp_path, counted)
    run = run_with_off(read_demo(file), {"a": 0.0})
    assert run.off_result == run.result
    assert Path(f"{file}.count").read_text(encoding="utf-8") == "x"


def test_numbers_of_numpy_and_torch_become_plain_floats(tmp_path: Path) -> None:
    body = (
        "    import numpy, torch\n"
        "    mean = Estimate(numpy.float32(0.5), torch.tensor(0.25), numpy.int64(8))\n"
        "    series = Series('s', 's', numpy.arange(2), torch.tensor([1.0, 2.0]), 'x', 'y')\n"
        "    table = Table('t', 't', ['a'], [[numpy.int64(3)], ['word'], [True]])\n"
        "    return Result({'y': mean, 'twice': torch.tensor(3)}, 'formula', [series], [table])"
    )
    result = run_here(read_demo(write_demo(tmp_path, with_body(body))))
    assert result.numbers == {"y": Estimate(0.5, 0.25, 8), "twice": 3.0}
    assert [type(value) for value in result.numbers.values()] == [Estimate, float]
    assert result.series[0].x == (0.0, 1.0)
    assert result.series[0].y == (1.0, 2.0)
    assert result.tables[0].rows == ((3.0,), ("word",), (1.0,))


def test_numbers_may_be_not_reached_and_not_run(tmp_path: Path) -> None:
    body = "    return Result({'y': NotReached('9 steps'), 'twice': NotRun('no y')}, ran='training')"
    result = run_here(read_demo(write_demo(tmp_path, with_body(body))))
    assert result.numbers == {"y": NotReached("9 steps"), "twice": NotRun("no y")}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    return None", "run gave NoneType, not a Result"),
        ("    return Result({'y': 1.0}, ran='formula')", "run gave no twice"),
        ("    return Result({'y': 1.0, 'twice': float('nan')}, ran='formula')", "twice came out as nan"),
        ("    return Result({'y': 1e400, 'twice': 1.0}, ran='formula')", "y came out as inf"),
        ("    return Result({'y': None, 'twice': 1.0}, ran='formula')", "y came out as None"),
        ("    return Result({'y': '1.0', 'twice': 1.0}, ran='formula')", "y came out as '1.0'"),
        (
            "    return Result({'y': Estimate(1.0, float('inf'), 2), 'twice': 1.0}, ran='formula')",
            "came out as inf",
        ),
        (
            "    return Result({'y': 1.0, 'twice': 1.0, 'z': 2.0}, ran='formula')",
            "no number of line called 'z'",
        ),
        (
            "    return Result({'y': 1.0, 'twice': 1.0}, ran='guess')",
            "ran is one of formula, simulation, training",
        ),
        ("    return Result({'y': 1.0, 'twice': 1.0}, ran='formula', says='so')", "run says 'so'"),
        (
            "    return Result({'y': 1.0, 'twice': 1.0}, 'formula', [Series('s', 's', [1], [1, 2], 'x', 'y')])",
            "the curve 's' has 1 x and 2 y",
        ),
        (
            "    return Result({'y': 1.0, 'twice': 1.0}, 'formula', [Series('s', 's', [1], [None], 'x', 'y')])",
            "has a point that is null, NaN or infinite",
        ),
    ],
)
def test_a_result_that_breaks_the_declaration_is_refused(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises((DemoError, UnknownName)) as caught:
        run_here(read_demo(write_demo(tmp_path, with_body(body))))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("    raise SystemExit(3)", "SystemExit: 3"),
        ("    import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        ("    assert a > 5", "AssertionError"),
    ],
)
def test_a_demo_that_fails_is_one_line_with_its_place(tmp_path: Path, body: str, message: str) -> None:
    file = write_demo(tmp_path, with_body(body))
    line = file.read_text(encoding="utf-8").splitlines().index(body.splitlines()[0]) + 1
    with pytest.raises(DemoError) as caught:
        run_here(read_demo(file))
    assert str(caught.value) == f"line failed: {file}:{line}: {message}"


def test_a_demo_imports_its_toys_and_its_folder_never_stands_first(tmp_path: Path) -> None:
    toys = tmp_path / "demos" / "toys"
    toys.mkdir(parents=True)
    (toys / "__init__.py").touch()
    (toys / "slope.py").write_text("def height(a, x):\n    return a * x\n", encoding="utf-8")
    (tmp_path / "demos" / "json.py").write_text(
        "raise RuntimeError('ours, not Python\\'s')", encoding="utf-8"
    )
    body = (
        "    import json\n    from toys.slope import height\n"
        "    y = height(a, x)\n    return Result({'y': y, 'twice': 2 * y}, ran='formula')"
    )
    file = write_demo(tmp_path, with_body(body))
    program = (
        "import sys\nfrom pathlib import Path\nfrom llmcore_tui.lab.demo import read_demo\n"
        "from llmcore_tui.lab.run import run_here\n"
        f"print(run_here(read_demo(Path({str(file)!r}))).numbers['y'], sys.path.index({str(file.parent)!r}) > 0)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "2.0 True"


def test_a_demo_runs_on_one_thread(tmp_path: Path) -> None:
    body = (
        "    import torch\n    threads = torch.get_num_threads()\n"
        "    return Result({'y': threads, 'twice': 2 * threads}, ran='formula')"
    )
    assert run_here(read_demo(write_demo(tmp_path, with_body(body)))).numbers["y"] == 1.0
    assert os.environ["OMP_NUM_THREADS"] == "1"


def test_progress_reaches_whoever_listens(tmp_path: Path) -> None:
    body = (
        "    for step in range(3):\n        report_progress(step + 1, 3)\n"
        "    return Result({'y': 1.0, 'twice': 2.0}, ran='training')"
    )
    heard: list[tuple[int, int]] = []
    demo = read_demo(write_demo(tmp_path, with_body(body)))
    with listening(lambda done, total: heard.append((done, total))):
        run_here(demo)
    run_here(demo)
    assert heard == [(1, 3), (2, 3), (3, 3)]
