"""The five systems of chromatix-peers.mjs in Chromatix (JAX, jit, float32, one core): JSON requests in, answers out.

A request {"system", "seconds"} answers times of a forward pass and of a gradient by the eleven coefficients,
{"forward": {"wall", "cpu"}, "gradient": ...} in milliseconds, and at the first time what was computed: the image
(base64 of float32), the loss and the gradient.
"""

import base64
import importlib.metadata
import json
import os
import statistics
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])

import chromatix.functional as cf  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy  # noqa: E402

SETUP = json.loads(sys.stdin.readline())
N, DX, WAVELENGTH = SETUP["samples"], SETUP["pitch"], SETUP["wavelength"]
SHAPE = (N, N)


def modes():
    """The same smooth modes as in chromatix-peers.mjs: cosines of linear phases over the plane."""
    y, x = numpy.mgrid[0:N, 0:N]
    u, v = (x - N // 2) / N, (y - N // 2) / N
    return numpy.stack([numpy.cos(a * u + b * v + c) for a, b, c in SETUP["modes"]])


MODES = jnp.asarray(modes(), jnp.float32)
START = jnp.asarray(SETUP["coefficients"], jnp.float32)


def aberrated(coefficients):
    """A plane wave with the modes as its phase."""
    field = cf.plane_wave(SHAPE, DX, WAVELENGTH, power=None)
    return cf.phase_change(field, jnp.tensordot(coefficients, MODES, axes=1))


def mask(coefficients):
    return cf.asm_propagate(aberrated(coefficients), SETUP["maskDistance"], 1.0, pad_width=N // 2, mode="same")


def relay(coefficients):
    field = cf.ff_lens(aberrated(coefficients), SETUP["focalLength"], 1.0)
    field = cf.circular_pupil(field, SETUP["stopDiameter"])
    return cf.ff_lens(field, SETUP["focalLength"], 1.0)


def lens(coefficients):
    field = cf.thin_lens(aberrated(coefficients), SETUP["shortFocalLength"], 1.0)
    return cf.asm_propagate(field, SETUP["shortFocalLength"], 1.0, pad_width=N // 2, mode="same")


def stack(coefficients):
    field = cf.objective_point_source(
        SHAPE, DX, WAVELENGTH, jnp.asarray(SETUP["defocus"]), SETUP["focalLength"], 1.0, SETUP["aperture"], power=None
    )
    field = cf.phase_change(field, jnp.tensordot(coefficients, MODES, axes=1))
    return cf.ff_lens(field, SETUP["focalLength"], 1.0)


def focus(coefficients):
    field = cf.circular_pupil(aberrated(coefficients), SETUP["pupilDiameter"])
    return cf.ff_lens(field, SETUP["focalLength"], 1.0)


SYSTEMS = {"mask": mask, "relay": relay, "lens": lens, "stack": stack, "focus": focus}


class Task:
    def __init__(self, name):
        system = SYSTEMS[name]

        def intensity(coefficients):
            return jnp.squeeze(system(coefficients).intensity)

        target = intensity(jnp.zeros_like(START))
        scale = 1 / jnp.mean(target)

        def image(coefficients):
            return scale * intensity(coefficients)

        def loss(coefficients):
            return jnp.mean((image(coefficients) - scale * target) ** 2)

        self.image = jax.jit(image)
        self.gradient = jax.jit(jax.value_and_grad(loss))

    def forward_once(self):
        self.image(START).block_until_ready()

    def gradient_once(self):
        value, gradient = self.gradient(START)
        float(value)
        gradient.block_until_ready()

    def computed(self):
        value, gradient = self.gradient(START)
        image = numpy.asarray(self.image(START), numpy.float32)
        return {
            "image": base64.b64encode(image.tobytes()).decode(),
            "loss": float(value),
            "slope": [float(g) for g in gradient],
        }


def measured(task, seconds):
    walls = []
    before = time.process_time()
    end = time.perf_counter() + seconds
    while len(walls) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        task()
        walls.append(time.perf_counter() - start)
    cpu = (time.process_time() - before) / len(walls)
    return {"wall": 1e3 * statistics.median(walls), "cpu": 1e3 * cpu}


def main():
    versions = {name: importlib.metadata.version(name) for name in ("chromatix", "jax", "numpy")}
    print(json.dumps(versions), flush=True)
    tasks = {}
    for line in sys.stdin:
        request = json.loads(line)
        name = request["system"]
        answer = {}
        if name not in tasks:
            tasks[name] = Task(name)
            answer = tasks[name].computed()
        task, seconds = tasks[name], request["seconds"]
        answer["forward"] = measured(task.forward_once, seconds)
        answer["gradient"] = measured(task.gradient_once, seconds)
        print(json.dumps(answer), flush=True)


main()
