"""Demos in processes of their own: killed, limited, cancelled, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from llmcore_tui.errors import DemoError, EnvironmentProblem, UnknownName, UntrustedDeck
from llmcore_tui.lab.proof import point
from llmcore_tui.lab.worker import Worker
from tests.lab.small_demo import LINE, write_demo

Body = Callable[[str], Path]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the bound holds on Linux only")


def failure(worker: Worker, name: str = "case") -> str:
    with pytest.raises(DemoError) as caught:
        worker.submit(name).result(60)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return message


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pids: list[int], seconds: float = 10) -> list[int]:
    deadline = time.monotonic() + seconds
    while (alive := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return alive


def wait_for(file: Path, seconds: float = 30) -> str:
    deadline = time.monotonic() + seconds
    while not (file.exists() and file.read_text(encoding="utf-8").endswith("\n")):
        assert time.monotonic() < deadline, f"{file} was never written"
        time.sleep(0.02)
    return file.read_text(encoding="utf-8").strip()


def test_a_run_comes_back_with_its_numbers_on_and_off(worker: Worker) -> None:
    run = worker.submit("line", {"a": 3}).result(60)
    assert run.result.numbers == {"y": 6.0, "twice": 12.0}
    assert run.off_result is not None
    assert run.off_result.numbers == {"y": 0.0, "twice": 0.0}
    assert run.says.en == "At a=3 the height is 6.0."
    assert run.result.series[0].y == (0.0, 6.0)
    assert worker.submit("line", off=False).result(60).off_result is None


def test_torch_is_there_before_the_demo_asks_for_it(worker: Worker, body: Body) -> None:
    ready = worker.wait_until_ready()
    assert ready.failed == {}
    assert set(ready.preloaded) == {"torch", "numpy", "gymnasium", "torch._dynamo"}
    body("    import sys\n    assert 'torch' in sys.modules and 'numpy' in sys.modules, 'not preloaded'")
    worker.submit("case").result(60)
    body(
        "    import os\n    assert os.getppid() == int(open('/proc/self/stat').read().split()[3])\n    a = os.getppid()"
    )
    assert worker.submit("case", off=False).result(60).result.numbers["twice"] == 2 * 2.0 * ready.pid


def test_each_run_is_a_process_of_its_own_on_one_thread(worker: Worker, body: Body) -> None:
    body("    import os, torch\n    a = os.getpid() * 1000 + torch.get_num_threads()")
    runs = [worker.submit("case", off=False).result(60) for _ in range(3)]
    pids = [point(run.result.numbers["twice"]) for run in runs]
    assert len(set(pids)) == 3
    assert {(pid or 0) / 4 % 1000 for pid in pids} == {1}


def test_a_run_takes_milliseconds_once_the_server_is_ready(worker: Worker) -> None:
    worker.wait_until_ready()
    started = time.perf_counter()
    worker.submit("line", off=False).result(60)
    assert time.perf_counter() - started < 1.5


def test_a_wrong_name_or_flag_is_refused_before_anything_runs(worker: Worker) -> None:
    with pytest.raises(UnknownName, match="Did you mean line"):
        worker.submit("lime")
    with pytest.raises(UnknownName, match="no flag of line called 'b'"):
        worker.submit("line", {"b": 1})
    with pytest.raises(DemoError, match="--a must be between 0 and 10"):
        worker.submit("line", {"a": 99})


def test_progress_is_streamed_as_one_piece_of_work(worker: Worker, body: Body) -> None:
    body(
        "    for step in range(4):\n        report_progress(step + 1, 4)\n        import time; time.sleep(0.06)"
    )
    heard: list[tuple[int, int]] = []
    worker.submit("case", on_progress=lambda done, total: heard.append((done, total))).result(60)
    assert heard == [(1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (6, 8), (7, 8), (8, 8)]


def test_a_demo_that_raises_is_one_line_with_its_place(worker: Worker, body: Body) -> None:
    file = body("    raise ValueError('too steep')")
    line = file.read_text(encoding="utf-8").splitlines().index("    raise ValueError('too steep')") + 1
    assert failure(worker) == f"case failed: {file}:{line}: ValueError: too steep"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("    import os; os._exit(7)", "case ended its process (exit code 7) without a result."),
        ("    import os; os._exit(0)", "case ended without a result."),
        ("    import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "case was ended by SIGSEGV."),
        ("    import os; os.abort()", "case was ended by SIGABRT."),
        ("    import ctypes; ctypes.string_at(0)", "case was ended by SIGSEGV."),
        (
            "    import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "case was ended by SIGKILL (out of memory, or killed from outside).",
        ),
        ("    import sys; sys.exit('enough')", "SystemExit: enough"),
        ("    raise KeyboardInterrupt", "case was interrupted."),
    ],
)
def test_a_child_that_dies_is_one_clear_line(worker: Worker, body: Body, text: str, message: str) -> None:
    body(text)
    assert message in failure(worker)


def test_what_a_demo_prints_reaches_no_terminal_but_explains_its_death(
    worker: Worker, body: Body, capfd: pytest.CaptureFixture[str]
) -> None:
    body("    import os\n    print('\\x1b[2Jhello')\n    os.system('echo from the shell >&2')")
    worker.submit("case").result(60)
    body("    import os, sys\n    print('last words', file=sys.stderr)\n    os._exit(3)")
    assert failure(worker).endswith("without a result. It last said: last words")
    assert capfd.readouterr() == ("", "")


def test_a_demo_reads_no_terminal(worker: Worker, body: Body) -> None:
    body("    import sys\n    assert sys.stdin.read() == ''")
    worker.submit("case").result(60)


def test_a_run_is_stopped_at_its_time_limit(worker: Worker, body: Body) -> None:
    worker.seconds = 0.5
    body("    import time; time.sleep(60)")
    started = time.monotonic()
    assert "case took longer than 0.5 s and was stopped." in failure(worker)
    assert time.monotonic() - started < 20


def test_a_loop_that_ignores_every_signal_is_stopped_too(worker: Worker, body: Body) -> None:
    worker.seconds = 0.5
    body(
        "    import signal\n    for number in range(1, 32):\n"
        "        if number not in (signal.SIGKILL, signal.SIGSTOP):\n"
        "            signal.signal(number, signal.SIG_IGN)\n"
        "    while True:\n        pass"
    )
    assert "took longer than 0.5 s" in failure(worker)


@linux
@pytest.mark.parametrize(
    "text",
    [
        "    wall = bytearray(3 << 30)",
        "    import numpy\n    wall = numpy.ones((3 << 27,))",
        "    import torch\n    wall = torch.ones((3 << 27,), dtype=torch.float64)",
        "    wall = []\n    while True:\n        wall.append('x' * 10_000_000 + str(len(wall)))",
    ],
)
def test_a_run_is_stopped_at_its_memory_limit(worker: Worker, body: Body, text: str) -> None:
    body(text)
    assert failure(worker) == (
        "case needs more than 1,024 MB of memory and was stopped. `llmcore config set demo_memory_mb` allows more."
    )


@linux
def test_torch_has_room_under_the_smallest_limit(worker: Worker, body: Body) -> None:
    body("    import torch\n    a = float(torch.nn.Linear(1000, 1000)(torch.ones(1, 1000)).shape[1])")
    assert worker.submit("case", off=False).result(60).result.numbers["y"] == 2000.0


def test_a_file_that_never_ends_is_stopped(worker: Worker, body: Body, tmp_path: Path) -> None:
    body(
        f"    with open({str(tmp_path / 'big')!r}, 'wb') as file:\n        while True:\n            file.write(bytes(1 << 20))"
    )
    assert "OSError: [Errno 27] File too large" in failure(worker)
    assert (tmp_path / "big").stat().st_size <= 64 * 2**20


def test_cancelling_kills_the_child_and_what_it_started(worker: Worker, body: Body, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    body(
        "    import os, subprocess, time\n    child = subprocess.Popen(['sleep', '60'])\n"
        f"    with open({str(pids)!r}, 'w') as file:\n        print(os.getpid(), child.pid, file=file)\n"
        "    time.sleep(60)"
    )
    future = worker.submit("case")
    running = [int(pid) for pid in wait_for(pids).split()]
    assert len(running) == 2
    assert all(map(is_alive, running))
    assert future.cancel()
    assert wait_until_gone(running) == []
    with pytest.raises(CancelledError):
        future.result()
    assert worker.submit("line").result(60).result.numbers["y"] == 2.0


def test_a_child_that_ends_takes_what_it_started_with_it(worker: Worker, body: Body, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    body(
        "    import subprocess\n    child = subprocess.Popen(['sleep', '60'])\n"
        f"    with open({str(pid)!r}, 'w') as file:\n        print(child.pid, file=file)"
    )
    worker.submit("case", off=False).result(60)
    assert wait_until_gone([int(wait_for(pid))]) == []


def test_a_run_that_was_cancelled_before_it_began_never_runs(
    tmp_path: Path, worker: Worker, body: Body
) -> None:
    witness = tmp_path / "ran"
    body(f"    open({str(witness)!r}, 'w').close()")
    with Worker(worker.deck_folder) as fresh:
        future = fresh.submit("case")
        assert future.cancel()
        fresh.wait_until_ready()
    assert not witness.exists()


def test_several_runs_at_once_keep_apart(worker: Worker) -> None:
    futures = [worker.submit("line", {"a": a}) for a in range(1, 9)]
    assert [future.result(60).result.numbers["y"] for future in futures] == [2.0 * a for a in range(1, 9)]


def test_a_server_that_was_killed_is_started_again(worker: Worker) -> None:
    first = worker.wait_until_ready()
    os.kill(first.pid, signal.SIGKILL)
    wait_until_gone([first.pid])
    assert worker.submit("line").result(60).result.numbers["y"] == 2.0
    assert worker.wait_until_ready().pid != first.pid


def test_a_run_whose_server_is_killed_is_one_clear_line(worker: Worker, body: Body, tmp_path: Path) -> None:
    witness = tmp_path / "started"
    body(
        f"    import os, time\n    with open({str(witness)!r}, 'w') as file:\n        print(os.getpid(), file=file)\n"
        "    time.sleep(60)"
    )
    future = worker.submit("case")
    child = int(wait_for(witness))
    os.kill(worker.wait_until_ready().pid, signal.SIGKILL)
    with pytest.raises(EnvironmentProblem, match="The process that runs demos ended"):
        future.result(60)
    assert wait_until_gone([child]) == []


ORPHAN = """
import os, signal, sys, time
from pathlib import Path
from llmcore_tui.lab.trust import trust
from llmcore_tui.lab.worker import Worker
deck = Path(sys.argv[1])
trust(deck)
worker = Worker(deck)
worker.submit("case")
print(worker.wait_until_ready().pid, flush=True)
time.sleep(120)
"""


def test_killing_the_app_leaves_no_process_behind(tmp_path: Path, worker: Worker, body: Body) -> None:
    pids = tmp_path / "pids"
    body(
        "    import os, subprocess, time\n    child = subprocess.Popen(['sleep', '60'])\n"
        f"    with open({str(pids)!r}, 'w') as file:\n        print(os.getpid(), child.pid, file=file)\n"
        "    time.sleep(60)"
    )
    app = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(worker.deck_folder)], stdout=subprocess.PIPE, text=True
    )
    assert app.stdout is not None
    with app.stdout:
        server = int(app.stdout.readline())
        running = [server, *(int(pid) for pid in wait_for(pids).split())]
        assert len(running) == 3
        app.kill()
        app.wait()
    assert wait_until_gone(running) == []


def test_closing_ends_a_server_that_is_still_importing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_seconds = 60
    (tmp_path / "gymnasium.py").write_text(f"import time; time.sleep({import_seconds})", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    worker = Worker(tmp_path)
    started = time.monotonic()
    worker.start()
    before = set(threading.enumerate())
    worker.close()
    assert time.monotonic() - started < import_seconds / 2, "neither waits for the import"
    assert set(threading.enumerate()) <= before


def test_a_library_that_cannot_be_imported_is_told_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: Worker
) -> None:
    (tmp_path / "gymnasium.py").write_text("raise ImportError('broken here')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Worker(worker.deck_folder) as fresh:
        ready = fresh.wait_until_ready()
        assert ready.failed == {"gymnasium": "ImportError: broken here"}
        assert "torch" in ready.preloaded
        assert fresh.submit("line").result(60).result.numbers["y"] == 2.0


def test_a_folder_that_looks_like_a_library_is_not_imported_by_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: Worker
) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit('the wrong torch')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Worker(worker.deck_folder) as fresh:
        assert fresh.wait_until_ready().failed == {}


def test_a_deck_that_is_not_trusted_runs_nothing(tmp_path: Path) -> None:
    write_demo(tmp_path, LINE)
    with Worker(tmp_path) as worker, pytest.raises(UntrustedDeck, match="llmcore demo --trust --deck"):
        worker.submit("line")


def test_byte_code_that_a_deck_ships_is_not_run(worker: Worker, body: Body, tmp_path: Path) -> None:
    file = body("    from toys import honest\n    a = honest.A")
    toys = file.parent / "toys"
    toys.mkdir(exist_ok=True)
    (toys / "__init__.py").touch()
    honest = toys / "honest.py"
    honest.write_text("A = 9.0\n", encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", "import toys.honest"], cwd=file.parent, check=True, env={"PATH": "/usr/bin"}
    )
    stamp = honest.stat()
    honest.write_text("A = 1.0\n", encoding="utf-8")
    os.utime(honest, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert list((toys / "__pycache__").glob("honest.*.pyc"))
    from llmcore_tui.lab.trust import trust

    trust(worker.deck_folder)
    assert worker.submit("case", off=False).result(60).result.numbers["y"] == 2.0
