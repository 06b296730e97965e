"""The process that makes load never outlives the bench."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.pair import wait_until

BENCH = """
import os, time
from bench.load import process_beside
if __name__ == "__main__":
    with process_beside() as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600).result()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="on Linux alone it is tied to the life of the bench")
def test_it_ends_when_a_bench_is_killed(tmp_path):
    program = tmp_path / "bench_of_its_own.py"
    program.write_text(BENCH)
    bench = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    beside = Path("/proc") / bench.stdout.readline().strip()
    assert beside.exists()
    bench.kill()
    bench.wait()
    wait_until(lambda: not beside.exists(), 10, "the process beside to end")
