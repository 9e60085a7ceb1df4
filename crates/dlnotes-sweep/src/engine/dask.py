"""Hands the tasks of a sweep to a Dask scheduler; reads from standard input what they are.

Whether a trial has a result is not this program's business: it sees to it that each task has run to its end. A task that
could not do that leaves what it said in a log, and a line on standard error.
"""

import asyncio
import concurrent.futures
import json
import os
import sys

try:
    from distributed import Client, as_completed
except ImportError as error:
    sys.exit(f"{sys.executable} has no Dask ({error}); `pip install distributed`, or name another Python with --python")

# Trials that failed are rows of the sweep's table: their tasks have run to their ends.
ENDED = (0, 3)
# An error of the sweep itself, such as a folder that isn't there; once more would be the same.
ERROR = 1


def run(task, runner, prefix, environment):
    """Runs a task; this function runs on a worker, which has nothing of this file but the function."""
    import os
    import subprocess

    command = [*runner, "--task", f"{prefix}{task}"]
    environment = {**os.environ, **environment}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    return done.returncode, done.stderr.decode(errors="replace")[-10_000:]


def give_up(message):
    """Ends at once: a client without a scheduler takes a minute to end by itself, and has the last word."""
    print(message, file=sys.stderr, flush=True)
    os._exit(1)


def main():
    what = json.load(sys.stdin)
    try:
        client = Client(what["scheduler"], name="dlnotes-sweep", timeout="20s", set_as_default=False)
    except Exception as error:  # a time-out, a refused connection or a wrong address, each of a class of its own
        give_up(f"no scheduler answers at {what['scheduler']}: {error}")
    if not client.scheduler_info()["workers"]:
        print(f"no workers yet; start some: dask worker {what['scheduler']}", file=sys.stderr, flush=True)

    fixed = {name: what[name] for name in ("runner", "prefix", "environment")}
    begun = {}
    lost = 0

    def submit(tasks):
        futures = client.map(run, tasks, **fixed, pure=False, key="dlnotes-sweep")
        for task, future in zip(tasks, futures):
            begun.setdefault(task, 0)
            begun[task] += 1
            of[future.key] = task
        return futures

    ended_early = f"the scheduler at {what['scheduler']} has ended; start it and run again, what is done is kept"
    of = {}
    ended = as_completed(submit(range(1, what["tasks"] + 1)), loop=client.loop)
    for future in ended:
        task = of.pop(future.key)
        if future.status == "finished":
            try:
                code, said = future.result()
            except (OSError, asyncio.CancelledError, concurrent.futures.CancelledError):
                give_up(ended_early)
        elif future.status == "error":
            code, said = None, repr(future.exception())
        elif future.status in ("pending", "lost"):
            # It had ended, and its result was lost with a worker: it runs again.
            of[future.key] = task
            ended.add(future)
            continue
        else:
            give_up(ended_early)
        # A result that is kept on a worker would be made again if the worker were lost.
        future.release()
        if code in ENDED:
            continue
        if code != ERROR and begun[task] < what["attempts"]:
            ended.update(submit([task]))
            continue
        lost += 1
        with open(f"{what['logs']}/{task}.log", "w") as log:
            log.write(f"exit code {code}\n{said}\n")
        last = (said.strip().splitlines() or [""])[-1]
        print(f"task {task}: exit code {code}: {last}", file=sys.stderr, flush=True)
    client.close()
    if lost:
        sys.exit(f"{lost} tasks didn't run to their ends; {what['logs']} has what they said")


if __name__ == "__main__":
    main()
