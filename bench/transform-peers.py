"""Times 2-D transforms for transform-peers.mjs: JSON requests on stdin, answers on stdout.

A request {"peer", "n", "seconds"} answers {"wall", "cpu", "calls"} in milliseconds per call (median, mean), or
{"failed": reason}. Peers: scipy and torch on one thread, fftw on one and two (float32, MEASURE, out of place).
"""

import importlib
import json
import statistics
import sys
import time

import numpy


def random_field(n):
    rng = numpy.random.default_rng(n)
    parts = rng.uniform(-1, 1, (2, n, n)).astype(numpy.float32)
    return numpy.ascontiguousarray((parts[0] + 1j * parts[1]).astype(numpy.complex64))


def scipy_maker(threads):
    import scipy.fft

    def make(n):
        field = random_field(n)
        return lambda: scipy.fft.fft2(field, workers=threads)

    return make


def fftw_maker(threads):
    import pyfftw

    def make(n):
        source = pyfftw.empty_aligned((n, n), "complex64")
        target = pyfftw.empty_aligned((n, n), "complex64")
        plan = pyfftw.FFTW(source, target, axes=(0, 1), flags=("FFTW_MEASURE",), threads=threads)
        # Planning overwrites the arrays.
        source[:] = random_field(n)
        return plan.execute

    return make


def torch_maker(threads):
    import torch

    def make(n):
        field = torch.from_numpy(random_field(n))

        def run():
            torch.fft.fft2(field)

        def task():
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
            run()

        return task

    return make


MAKERS = {
    "scipy1": (scipy_maker, 1),
    "fftw1": (fftw_maker, 1),
    "fftw2": (fftw_maker, 2),
    "torch1": (torch_maker, 1),
    "torch2": (torch_maker, 2),
}


def measured(task, seconds):
    task()
    walls = []
    before = time.process_time()
    end = time.perf_counter() + seconds
    while not walls or time.perf_counter() < end:
        start = time.perf_counter()
        task()
        walls.append(time.perf_counter() - start)
    cpu = (time.process_time() - before) / len(walls)
    return {"wall": 1e3 * statistics.median(walls), "cpu": 1e3 * cpu, "calls": len(walls)}


def main():
    versions = {"python": sys.version.split()[0]}
    for name in ("numpy", "scipy", "pyfftw", "torch"):
        try:
            versions[name] = str(importlib.import_module(name).__version__)
        except Exception:  # noqa: BLE001 a library that fails to load its own parts raises anything
            versions[name] = None
    if versions["pyfftw"]:
        versions["fftw"] = importlib.import_module("pyfftw").fftw_version
    print(json.dumps(versions), flush=True)
    tasks = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["peer"], request["n"])
        try:
            if key not in tasks:
                maker, threads = MAKERS[key[0]]
                tasks[key] = maker(threads)(key[1])
            answer = measured(tasks[key], request["seconds"])
        except Exception as error:  # noqa: BLE001 the peer is left out, with its reason
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
