"""What every process loads: web processes and workers ask a classifier, they never train one."""

import os
import subprocess
import sys

from app.settings import PROJECT

ASKING = """
import sys
import app.serve, app.launch, wsgi
print(sorted({name.split(".")[0] for name in sys.modules} & {"sklearn", "matplotlib", "pandas"}))
"""


def test_a_process_that_only_asks_the_classifier_does_not_load_what_trains_it(tmp_path):
    environment = {**os.environ, "QIAOMEN_INSTANCE": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-c", ASKING], cwd=PROJECT, env=environment, check=True, capture_output=True, text=True
    )

    assert answer.stdout.strip() == "[]"
