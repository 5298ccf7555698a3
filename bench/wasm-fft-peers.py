"""Times 2-D transforms of SciPy and FFTW for wasm-fft-peers.mjs: JSON requests on stdin, answers on stdout.

A request {"peer", "n", "seconds"} answers {"wall", "cpu", "calls"}: milliseconds per call, medians over the calls.
FFTW is the system's library through ctypes (Debian package libfftw3-single3) or, without it, the one in pyFFTW.
"""

import ctypes
import ctypes.util
import json
import os
import statistics
import sys
import time

import numpy
import scipy
import scipy.fft


class SystemFftw:
    """FFTW's own C interface, single precision, one thread, MEASURE, out of place."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.fftwf_malloc.restype = ctypes.c_void_p
        self.lib.fftwf_malloc.argtypes = [ctypes.c_size_t]
        self.lib.fftwf_plan_dft_2d.restype = ctypes.c_void_p
        self.lib.fftwf_plan_dft_2d.argtypes = [
            ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint,
        ]
        self.lib.fftwf_execute.argtypes = [ctypes.c_void_p]
        version = ctypes.c_char.in_dll(self.lib, "fftwf_version")
        self.version = ctypes.string_at(ctypes.addressof(version)).decode()

    def task(self, n):
        source = self.lib.fftwf_malloc(8 * n * n)
        target = self.lib.fftwf_malloc(8 * n * n)
        plan = self.lib.fftwf_plan_dft_2d(n, n, source, target, -1, 0)
        # Planning with MEASURE overwrites the arrays.
        data = random_field(n)
        ctypes.memmove(source, data.ctypes.data, data.nbytes)
        return lambda: self.lib.fftwf_execute(plan)


class PipFftw:
    def __init__(self):
        import pyfftw

        self.pyfftw = pyfftw
        self.version = f"fftw-{pyfftw.fftw_version} (pyFFTW {pyfftw.__version__})"

    def task(self, n):
        source = self.pyfftw.empty_aligned((n, n), "complex64")
        target = self.pyfftw.empty_aligned((n, n), "complex64")
        plan = self.pyfftw.FFTW(source, target, axes=(0, 1), flags=("FFTW_MEASURE",), threads=1)
        source[:] = random_field(n)
        return plan.execute


def random_field(n):
    rng = numpy.random.default_rng(n)
    parts = rng.uniform(-1, 1, (2, n, n)).astype(numpy.float32)
    return numpy.ascontiguousarray((parts[0] + 1j * parts[1]).astype(numpy.complex64))


def scipy_task(n):
    field = random_field(n)
    return lambda: scipy.fft.fft2(field, workers=1)


def measured(task, seconds):
    """Calls `task` for about `seconds`: wall median per call, processor time per call."""
    task()
    walls = []
    before = time.process_time()
    end = time.perf_counter() + seconds
    while len(walls) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        task()
        walls.append(time.perf_counter() - start)
    cpu = (time.process_time() - before) / len(walls)
    return {"wall": 1e3 * statistics.median(walls), "cpu": 1e3 * cpu, "calls": len(walls)}


def main():
    path = os.environ.get("FFTW_LIBRARY") or ctypes.util.find_library("fftw3f")
    fftw = SystemFftw(path) if path else PipFftw()
    versions = {"numpy": numpy.__version__, "scipy": scipy.__version__, "fftw": fftw.version}
    versions["python"] = sys.version.split()[0]
    print(json.dumps(versions), flush=True)
    makers = {"scipy": scipy_task, "fftw": fftw.task}
    tasks = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["peer"], request["n"])
        if key not in tasks:
            tasks[key] = makers[key[0]](key[1])
        print(json.dumps(measured(tasks[key], request["seconds"])), flush=True)


main()
