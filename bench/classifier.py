"""How fast a suggestion is beside jieba's own cut of the same text, how soon it is ready, and what a further worker costs."""

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import jieba

from app.reference import DATA, load_directory
from app.training import train_if_needed
from classifier import load
from classifier.corpus import read_examples

Row = tuple[str, float, str]
_DAY = date(2026, 11, 20)
_LENGTHS = (20, 100, 400)
_MESSAGES, _ROUNDS = 200, 5
_READY = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from app.reference import load_directory
from classifier import load
imported = time.perf_counter()
suggester = load(Path(sys.argv[1]), load_directory())
loaded = time.perf_counter()
from datetime import date
suggester.suggest("x", date(2026, 11, 20))
print(imported - started, loaded - imported, time.perf_counter() - loaded)
"""


def rows(folder: Path) -> Iterator[Row]:
    """All figures of the classifier, trained into `folder` if need be."""
    train_if_needed(folder)
    yield from _ready(folder)
    suggester = load(folder, load_directory())
    jieba.setLogLevel(60)
    jieba.initialize()
    for length in _LENGTHS:
        texts = _texts(length)
        cut = _times(jieba.lcut, texts)
        suggested = _times(lambda text: suggester.suggest(text, _DAY), texts)
        yield f"suggestion, {length} characters: p50", suggested[0], "ms"
        yield f"suggestion, {length} characters: p99", suggested[1], "ms"
        yield f"suggestion, {length} characters: p50 over jieba's cut", suggested[0] / cut[0], ""
        yield f"suggestion, {length} characters: p99 over jieba's cut", suggested[1] / cut[1], ""
    yield "memory of a further worker after 300 suggestions", _private_megabytes(suggester.suggest), "MB"


def _ready(folder: Path) -> Iterator[Row]:
    """Seconds in a new process: dictionary and artefact, then the first message."""
    answer = subprocess.run(
        [sys.executable, "-c", _READY, str(folder)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    for name, value in zip(("import", "dictionary and artefact", "first suggestion"), answer, strict=True):
        yield f"new process: {name}", float(value), "s"


def _texts(length: int) -> list[str]:
    """Messages of one length, cut from training messages put together."""
    chance = random.Random(length)
    messages = [example.text for example in read_examples(DATA / "reports")]
    return ["\u3002".join(chance.choices(messages, k=length // 5))[:length] for _ in range(_MESSAGES)]


def _times(work: Callable[[str], object], texts: list[str]) -> tuple[float, float]:
    """Milliseconds a text: the best of some rounds, so that what else the machine does counts less; half and 99 of 100."""
    best = [float("inf")] * len(texts)
    for _ in range(_ROUNDS):
        for i, text in enumerate(texts):
            started = time.perf_counter()
            work(text)
            best[i] = min(best[i], (time.perf_counter() - started) * 1000)
    return statistics.median(best), sorted(best)[int(len(best) * 0.99)]


def _private_megabytes(suggest: Callable[[str, date], object]) -> float:
    """What a forked process does not share with the one that loaded the classifier."""
    import gc

    gc.collect()
    gc.freeze()
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        for text in _texts(100)[:150] * 2:
            suggest(text, _DAY)
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
        kilobytes = sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
        os.write(sending, str(kilobytes).encode())
        os._exit(0)
    os.close(sending)
    os.waitpid(child, 0)
    return int(os.read(receiving, 32)) / 1024
