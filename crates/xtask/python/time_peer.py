"""Times the peers of a benchmark file: time_peer.py FILE THREADS [--once] [--only NAME]

The file's `BENCHES` maps the name of the Rust benchmark to the function that does the same work. Prints one JSON
object: name to median nanoseconds. With --once each runs once, to see that it runs; with --only the others don't.
"""

import importlib.util
import json
import statistics
import sys
import time

import torch

WARM_UP = 0.5  # seconds
SAMPLING = 3.0  # seconds
SAMPLES = 50
SHORTEST_SAMPLE = 0.002  # seconds: far above the clock's own cost


def median_nanoseconds(work):
    runs, start = 0, time.perf_counter()
    while time.perf_counter() - start < WARM_UP:
        work()
        runs += 1
    once = (time.perf_counter() - start) / runs
    repeats = max(1, round(SHORTEST_SAMPLE / once))
    samples, start = [], time.perf_counter()
    while len(samples) < 3 or (len(samples) < SAMPLES and time.perf_counter() - start < SAMPLING):
        begin = time.perf_counter_ns()
        for _ in range(repeats):
            work()
        samples.append((time.perf_counter_ns() - begin) / repeats)
    return statistics.median(samples)


def once(work):
    begin = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - begin


def main():
    path, threads, options = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    measure = once if "--once" in options else median_nanoseconds
    only = options[options.index("--only") + 1] if "--only" in options else None
    torch.set_num_threads(threads)
    spec = importlib.util.spec_from_file_location("peer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    medians = {}
    for name, work in module.BENCHES.items():
        if only not in (None, name):
            continue
        print(f"{name} …", flush=True)
        medians[name] = measure(work)
    print(json.dumps(medians))


if __name__ == "__main__":
    main()
