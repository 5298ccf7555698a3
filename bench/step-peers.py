"""The optimisation step of step-peers.mjs in JAX (jit, float32, CPU): JSON requests on stdin, answers on stdout.

THREADS=1 keeps the process on one processor core before JAX starts. A request {"n", "seconds"} answers
{"wall", "cpu", "calls", "losses"}: milliseconds per step and the losses of the first steps.
"""

import json
import os
import statistics
import sys
import time

THREADS = int(os.environ.get("THREADS", "1"))
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy  # noqa: E402

RATE = 0.05


def problem(n):
    """The same numbers as in step-peers.mjs: a plane of light, a quadratic phase as transfer function, a target."""
    i = numpy.arange(n * n, dtype=numpy.float64)
    phase = 0.5 * numpy.sin(0.37 * i)
    y, x = numpy.divmod(i, n)
    f2 = ((x - n // 2) ** 2 + (y - n // 2) ** 2) / n
    transfer = numpy.exp(-1j * numpy.pi * 0.5 * f2)
    target = 1 + numpy.cos(0.11 * i)
    # The peers' transforms have their origin at sample zero.
    shifted = numpy.fft.ifftshift(transfer.reshape(n, n))
    return (
        jnp.asarray(phase.reshape(n, n), jnp.float32),
        jnp.asarray(shifted, jnp.complex64),
        jnp.asarray(target.reshape(n, n), jnp.float32),
    )


def make_step(transfer, target):
    def loss_of(phase):
        field = jnp.fft.ifft2(transfer * jnp.fft.fft2(jnp.exp(1j * phase)))
        residual = jnp.real(field) ** 2 + jnp.imag(field) ** 2 - target
        return jnp.mean(residual**2)

    def step(phase, first, second, count):
        loss, g = jax.value_and_grad(loss_of)(phase)
        first = 0.9 * first + 0.1 * g
        second = 0.999 * second + 0.001 * g * g
        m = first / (1 - 0.9**count)
        v = second / (1 - 0.999**count)
        return phase - RATE * m / (jnp.sqrt(v) + 1e-8), first, second, count + 1, loss

    return jax.jit(step)


class Task:
    def __init__(self, n):
        phase, transfer, target = problem(n)
        self.step = make_step(transfer, target)
        self.state = (phase, jnp.zeros_like(phase), jnp.zeros_like(phase), jnp.float32(1))
        self.losses = [self.run() for _ in range(4)]

    def run(self):
        *state, loss = self.step(*self.state)
        self.state = tuple(state)
        # As in ours, the loss is read in every step.
        return float(loss)


def main():
    print(json.dumps({"jax": jax.__version__, "numpy": numpy.__version__, "threads": THREADS}), flush=True)
    tasks = {}
    for line in sys.stdin:
        request = json.loads(line)
        n = request["n"]
        if n not in tasks:
            tasks[n] = Task(n)
        task = tasks[n]
        walls = []
        before = time.process_time()
        end = time.perf_counter() + request["seconds"]
        while len(walls) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            task.run()
            walls.append(time.perf_counter() - start)
        cpu = (time.process_time() - before) / len(walls)
        answer = {"wall": 1e3 * statistics.median(walls), "cpu": 1e3 * cpu, "calls": len(walls)}
        print(json.dumps({**answer, "losses": task.losses}), flush=True)


main()
