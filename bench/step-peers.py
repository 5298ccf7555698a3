"""The optimisation step of step-peers.mjs in JAX (jit) or PyTorch, float32, CPU: JSON requests on stdin, answers on stdout.

PEER=jax or torch; THREADS keeps the process on so many processor cores before the library starts. A request
{"n", "planes", "seconds"} answers {"wall", "least", "cpu", "calls", "losses"}: milliseconds per step (median, least,
processor time) and the losses of the first steps.
"""

import json
import os
import statistics
import sys
import time

PEER = os.environ.get("PEER", "jax")
THREADS = int(os.environ.get("THREADS", "1"))
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["OMP_NUM_THREADS"] = str(THREADS)
# Threads that spin while they wait make PyTorch several times slower where other programs use the cores as well.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import numpy  # noqa: E402

RATE = 0.05


def problem(n, planes):
    """The same numbers as in step-peers.mjs: a phase, one quadratic phase per plane as transfer function, targets."""
    i = numpy.arange(n * n, dtype=numpy.float64)
    phase = 0.5 * numpy.sin(0.37 * i).reshape(n, n)
    y, x = numpy.divmod(i, n)
    f2 = ((x - n // 2) ** 2 + (y - n // 2) ** 2) / n
    distances = 0.5 + 0.25 * numpy.arange(planes)
    transfer = numpy.exp(-1j * numpy.pi * distances[:, None] * f2).reshape(planes, n, n)
    target = 1 + numpy.cos(0.11 * i + numpy.arange(planes)[:, None]).reshape(planes, n, n)
    # The peers' transforms have their origin at sample zero.
    shifted = numpy.fft.ifftshift(transfer, axes=(-2, -1))
    return phase.astype(numpy.float32), shifted.astype(numpy.complex64), target.astype(numpy.float32)


class Task:
    """Runs the first steps, whose losses are compared; then `run` does one more and returns its loss."""

    def __init__(self, n, planes):
        self.prepare(*problem(n, planes))
        self.losses = [self.run() for _ in range(4)]


class JaxTask(Task):
    def prepare(self, phase, transfer, target):
        import jax
        import jax.numpy as jnp

        transfer, target = jnp.asarray(transfer), jnp.asarray(target)

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

        # The old state is given up, so that JAX may write the new one into its memory.
        self.step = jax.jit(step, donate_argnums=(0, 1, 2, 3))
        self.state = (jnp.asarray(phase), jnp.zeros_like(phase), jnp.zeros_like(phase), jnp.float32(1))

    def run(self):
        *state, loss = self.step(*self.state)
        self.state = tuple(state)
        # As in ours, the loss is read in every step.
        return float(loss)


class TorchTask(Task):
    def prepare(self, phase, transfer, target):
        import torch

        self.phase = torch.tensor(phase, requires_grad=True)
        self.transfer, self.target = torch.tensor(transfer), torch.tensor(target)
        # The fused kernel is PyTorch's fastest Adam on processors.
        self.optimiser = torch.optim.Adam([self.phase], lr=RATE, betas=(0.9, 0.999), eps=1e-8, fused=True)
        self.polar, self.ones = torch.polar, torch.ones_like(self.phase)
        self.fft = torch.fft

    def run(self):
        self.optimiser.zero_grad()
        light = self.polar(self.ones, self.phase)
        field = self.fft.ifft2(self.transfer * self.fft.fft2(light))
        residual = field.real**2 + field.imag**2 - self.target
        loss = (residual**2).mean()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def versions():
    """Null for a peer that is not installed."""
    found = {"numpy": numpy.__version__}
    try:
        library = __import__(PEER)
    except ImportError:
        return {**found, PEER: None}
    if PEER == "torch":
        library.set_num_threads(THREADS)
    return {**found, PEER: library.__version__.split("+")[0]}


def main():
    print(json.dumps(versions()), flush=True)
    tasks = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = request["n"], request["planes"]
        if key not in tasks:
            # One at a time: the memory of the others would only be in the way.
            tasks = {key: JaxTask(*key) if PEER == "jax" else TorchTask(*key)}
        task = tasks[key]
        walls = []
        before = time.process_time()
        end = time.perf_counter() + request["seconds"]
        while len(walls) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            task.run()
            walls.append(time.perf_counter() - start)
        cpu = (time.process_time() - before) / len(walls)
        answer = {
            "wall": 1e3 * statistics.median(walls),
            "least": 1e3 * min(walls),
            "cpu": 1e3 * cpu,
            "calls": len(walls),
        }
        print(json.dumps({**answer, "losses": task.losses}), flush=True)


main()
