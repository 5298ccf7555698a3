"""What one other program makes of the spheres of mie-peers.mjs: JSON from stdin, JSON to stdout.

Run as `mie-peers.py <peer>`. Coefficients are [re, im] in turn, converted to light as exp(-iwt).
"""

import importlib.metadata
import json
import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"
import numpy as np

PEER = sys.argv[1]
REQUEST = json.load(sys.stdin)
# Others talk on stdout.
ANSWER, sys.stdout = sys.stdout, sys.stderr


def flat(values):
    return [float(part) for value in values for part in (np.real(value), np.imag(value))]


def size(case):
    k = 2 * np.pi * case["medium"] / case["wavelength"]
    return k * case["radius"], complex(case["index"], case["extinction"]) / case["medium"]


def timed(task):
    start = time.perf_counter()
    result = task()
    return result, time.perf_counter() - start


class Miepython:
    def __init__(self):
        import miepython

        self.it = miepython

    def coefficients(self, case, order):
        x, m = size(case)
        a, b = self.it.coefficients(np.conj(m), x, order)[:2]
        return flat(a), flat(b)

    def efficiencies(self, case):
        x, m = size(case)
        return [float(q) for q in self.it.efficiencies_mx(np.conj(m), x)]

    def field(self, case, places):
        from miepython.field import e_near_cartesian

        index = complex(case["index"], -case["extinction"])
        found = []
        for x, y, z in places:
            e = e_near_cartesian(case["wavelength"], 2 * case["radius"], index, case["medium"], x, y, z, n_pole=70)
            found.append(float(np.sum(np.abs(np.array(e)) ** 2)))
        return found


class Holopy:
    def __init__(self):
        import holopy
        from holopy.scattering.theory.mie_f import miescatlib

        self.it, self.lib = holopy, miescatlib

    def coefficients(self, case, order):
        x, m = size(case)
        a, b = self.lib.scatcoeffs(m, x, order)
        return flat(a), flat(b)

    def sphere(self, case):
        from holopy.scattering import Sphere

        index = complex(case["index"], case["extinction"]) if case["extinction"] else case["index"]
        # Its x is the first index of an array.
        return Sphere(n=index, r=case["radius"], center=(case["y"], case["x"], case["z"]))

    def hologram(self, case):
        from holopy.core import detector_grid
        from holopy.scattering import calc_holo

        grid = detector_grid((case["rows"], case["columns"]), case["pitch"])
        image = calc_holo(grid, self.sphere(case), case["medium"], case["wavelength"], (0, 1), scaling=case["alpha"])
        return np.asarray(image).squeeze()

    def fit(self, case, image, start, share):
        from holopy.core.metadata import update_metadata
        from holopy.core.metadata import data_grid
        from holopy.inference import AlphaModel, NmpfitStrategy, prior
        from holopy.scattering import Sphere

        data = data_grid(image, spacing=case["pitch"], medium_index=case["medium"], illum_wavelen=case["wavelength"], illum_polarization=(0, 1), noise_sd=0.01)
        par = lambda name, low, high: prior.Uniform(low, high, guess=start[name])
        sphere = Sphere(
            n=par("index", 1.35, 1.9),
            r=par("radius", 0.2, 2),
            center=(par("y", 0, 12), par("x", 0, 12), par("z", 5, 30)),
        )
        model = AlphaModel(sphere, alpha=1)
        pixels = None if share == 1 else int(share * image.size)
        strategy = NmpfitStrategy(npixels=pixels, quiet=True)
        result, seconds = timed(lambda: strategy.fit(model, data))
        p = result.parameters
        found = {"x": p["center.1"], "y": p["center.0"], "z": p["center.2"], "radius": p["r"], "index": p["n"]}
        return {name: float(value) for name, value in found.items()}, seconds


class Pylorenzmie:
    def __init__(self):
        from pylorenzmie.theory import Sphere

        self.sphere = Sphere

    def coefficients(self, case, order):
        ab = self.sphere.mie_coefficients(
            case["radius"], case["index"], case["extinction"], case["medium"], case["wavelength"]
        )[1 : order + 1]
        return flat(ab[:, 0]), flat(ab[:, 1])

    def model(self, case, kind="numpy"):
        from pylorenzmie.theory import Instrument, LorenzMie, Sphere

        calculator = LorenzMie
        if kind == "numba":
            from pylorenzmie.theory.numbaLorenzMie import numbaLorenzMie as calculator
        instrument = Instrument()
        instrument.wavelength, instrument.n_m = case["wavelength"], case["medium"]
        instrument.magnification = case["pitch"]
        sphere = Sphere()
        sphere.a_p, sphere.n_p, sphere.k_p = case["radius"], case["index"], case["extinction"]
        sphere.x_p, sphere.y_p, sphere.z_p = (case[name] / case["pitch"] for name in "xyz")
        rows, columns = np.mgrid[0 : case["rows"], 0 : case["columns"]]
        coordinates = np.vstack([columns.ravel(), rows.ravel()]).astype(float)
        return calculator(coordinates, sphere, instrument)

    def hologram(self, case):
        return self.model(case).hologram().reshape(case["rows"], case["columns"])

    def fit(self, case, image, start, share):
        from pylorenzmie.analysis import Mask, Optimizer
        from pylorenzmie.analysis.Hologram import Hologram

        seconds = []
        for _ in range(2):
            model = self.model({**case, **start}, "numba")
            mask = None
            if share != 1:
                mask = Mask(fraction=share)
            optimizer = Optimizer(model=model, mask=mask)
            result, took = timed(lambda: optimizer.optimize(Hologram(image)))
            seconds.append(took)
        found = {name: result[name + "_p"] * case["pitch"] for name in "xyz"}
        found |= {"radius": result["a_p"], "index": result["n_p"]}
        # The first run compiles.
        return {name: float(value) for name, value in found.items()}, min(seconds)


class Deeptrack:
    def coefficients(self, case, order):
        from deeptrack.backend import mie

        x, m = size(case)
        a, b = mie.coefficients(m, x, order)[:2]
        return flat(a), flat(b)

    def missing_power(self, case):
        """Share of C_ext that a bright-field image of the sphere in focus lacks: 1 by the optical theorem."""
        import deeptrack as dt

        n = case["columns"]
        optics = dt.Brightfield(
            NA=case["aperture"],
            wavelength=case["wavelength"] * 1e-6,
            resolution=case["pitch"] * 1e-6,
            magnification=1,
            refractive_index_medium=case["medium"],
            output_region=(0, 0, n, n),
            padding=(64, 64, 64, 64),
        )
        sphere = dt.MieSphere(
            radius=case["radius"] * 1e-6,
            refractive_index=complex(case["index"], case["extinction"]),
            position=(n // 2, n // 2),
            z=0,
        )
        image = np.asarray(optics(sphere).resolve()).squeeze()
        return float(np.sum(1 - image) * case["pitch"] ** 2)


peer = {"miepython": Miepython, "holopy": Holopy, "pylorenzmie": Pylorenzmie, "deeptrack": Deeptrack}[PEER]()
answer = {"version": importlib.metadata.version(PEER), "numpy": np.__version__}
answer["coefficients"] = {}
for name, case in REQUEST["coefficients"].items():
    a, b = peer.coefficients(case, case["order"])
    answer["coefficients"][name] = {"a": a, "b": b}
if hasattr(peer, "efficiencies"):
    answer["efficiencies"] = {name: peer.efficiencies(case) for name, case in REQUEST["coefficients"].items()}
if hasattr(peer, "field"):
    answer["field"] = peer.field(REQUEST["field"]["case"], REQUEST["field"]["places"])
if hasattr(peer, "hologram"):
    answer["holograms"] = {}
    for name, case in REQUEST["holograms"].items():
        step = case["every"]
        image, seconds = timed(lambda: peer.hologram(case))
        image, seconds = timed(lambda: peer.hologram(case))
        answer["holograms"][name] = {
            "seconds": seconds,
            "values": [round(float(v), 9) for v in image[::step, ::step].ravel()],
        }
if hasattr(peer, "missing_power"):
    answer["missingPower"] = {name: peer.missing_power(case) for name, case in REQUEST["power"].items()}
if hasattr(peer, "fit"):
    answer["fits"] = {}
    case = REQUEST["fit"]["case"]
    image = np.asarray(REQUEST["fit"]["image"]).reshape(case["rows"], case["columns"])
    for share in (1, 0.1):
        found, seconds = peer.fit(case, image, REQUEST["fit"]["start"], share)
        answer["fits"][str(share)] = {"seconds": seconds, "found": found}
json.dump(answer, ANSWER)
