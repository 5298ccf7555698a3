"""Mie coefficients of homogeneous and layered spheres with their derivatives in 60-digit arithmetic, to
results/mie-reference.json. Needs mpmath as pinned in mie-requirements.txt and refuses other versions.

Independent of the program's own way: the radial functions themselves, psi by a downward and xi by an upward recurrence,
their logarithmic derivatives matched from layer to layer, and derivatives by central differences of step 1e-25.
"""

import hashlib
import json
import pathlib

import mpmath
from mpmath import mp, mpc, mpf

HERE = pathlib.Path(__file__).parent
PINNED = (HERE / "mie-requirements.txt").read_text().split("mpmath==")[1].split()[0]
if mpmath.__version__ != PINNED:
    raise SystemExit(f"mpmath {PINNED} is needed, this is {mpmath.__version__}.")
mp.dps = 70
STEP = mpf(10) ** -25


def order_of(x):
    """Wiscombe's number of terms."""
    root = x ** (1 / 3)
    return int(x + 4.05 * root + 2) if x > 8 else int(x + 4 * root + 1)


def psi(z, order):
    """z j_n(z) for n = 0..order + 1."""
    start = int(max(order, abs(z))) + 40 + int(16 * float(abs(z)) ** (1 / 3))
    above, here = mpf(0), mpf(1)
    out = [mpf(0)] * (order + 2)
    for n in range(start, -1, -1):
        if n <= order + 1:
            out[n] = here
        above, here = here, (2 * n + 1) / z * here - above
    sine, cosine = mp.sin(z), mp.cos(z)
    first = sine / z - cosine
    scale = sine / out[0] if abs(sine) > abs(first) else first / out[1]
    return [value * scale for value in out]


def xi(z, order):
    """z h_n(z) of the first kind for n = 0..order + 1."""
    e = mp.exp(mpc(0, 1) * z)
    out = [-mpc(0, 1) * e, (-1 - mpc(0, 1) / z) * e]
    for n in range(1, order + 1):
        out.append((2 * n + 1) / z * out[n] - out[n - 1])
    return out


def slope(f, n, z):
    return (n + 1) / z * f[n] - f[n + 1]


def coefficients(layers, orders):
    """[a_n, b_n] for the given orders."""
    top = max(orders)
    tables = []
    inner = None
    for x, m in layers:
        z = m * x
        inside = None if inner is None else (m * inner, psi(m * inner, top), xi(m * inner, top))
        tables.append((m, inside, (z, psi(z, top), None if inner is None else xi(z, top))))
        inner = x
    p, q = psi(inner, top), xi(inner, top)
    out = []
    for n in orders:
        pair = []
        for electric in (True, False):
            h = None
            for m, inside, (z, f, g) in tables:
                if h is None:
                    d = slope(f, n, z) / f[n]
                else:
                    zi, fi, gi = inside
                    d = h * m if electric else h / m
                    ratio = -(slope(fi, n, zi) - d * fi[n]) / (slope(gi, n, zi) - d * gi[n])
                    d = (slope(f, n, z) + ratio * slope(g, n, z)) / (f[n] + ratio * g[n])
                h = d / m if electric else d * m
            pair.append((h * p[n] - slope(p, n, inner)) / (h * q[n] - slope(q, n, inner)))
        out.append(pair)
    return out


def shifted(layers, layer, by_size, by):
    return [
        ((x + by, m) if by_size else (x, m + by)) if index == layer else (x, m)
        for index, (x, m) in enumerate(layers)
    ]


def flat(pairs, which):
    return [float(part) for pair in pairs for part in (mp.re(pair[which]), mp.im(pair[which]))]


def series(pairs):
    return {"a": flat(pairs, 0), "b": flat(pairs, 1)}


def case(sizes, indices, orders, with_derivatives):
    layers = [(mpf(x), mpc(m)) for x, m in zip(sizes, indices)]
    found = {
        "layers": [[x, complex(m).real, complex(m).imag] for x, m in zip(sizes, indices)],
        "orders": orders,
        **series(coefficients(layers, orders)),
    }
    for name, by_size in (("bySize", True), ("byIndex", False)) if with_derivatives else ():
        found[name] = []
        for layer in range(len(layers)):
            plus = coefficients(shifted(layers, layer, by_size, STEP), orders)
            minus = coefficients(shifted(layers, layer, by_size, -STEP), orders)
            found[name].append(
                series([[(s - t) / (2 * STEP) for s, t in zip(one, other)] for one, other in zip(plus, minus)])
            )
    return found


def spread(x, count):
    """The first three orders, some in between, and the last."""
    last = order_of(x)
    return sorted({1, min(2, last), min(3, last), last, *(1 + (last - 1) * i // count for i in range(count))})


ACCURACY = [
    case([x], [m], spread(x, 10), False)
    for m in (1.1, 1.33, 1.5, 1.5 + 0.1j, 0.2 + 3j, 0.75)
    for x in (0.1, 1.0, 5.0, 10.0, 30.0, 60.0, 100.0)
]
LAYERED = [
    ([2.0, 3.0], [1.5, 1.2]),
    ([0.04, 0.05], [1.59, 0.3 + 3.4j]),
    ([1.0, 2.0, 3.0], [1.5, 1.1, 1.3 + 0.05j]),
    ([9.0, 10.0], [1.0, 1.2]),
    ([1.0, 1.2], [1.45, 0.2 + 3j]),
    ([12.0, 12.125, 15.0, 16.0], [0.75, 0.3 + 2.5j, 1.05, 1.4]),
    ([40.0, 60.0], [1.1, 1.33 + 1e-4j]),
    ([52.0, 60.0], [1.2, 0.9 + 0.4j]),
    ([300.0, 320.0], [0.75, 1.1]),
    ([900.0, 1000.0], [1.19, 1.05]),
    ([995.0, 1000.0], [1.1 + 1e-3j, 0.2 + 3j]),
    # Shells that amplify.
    ([5.0, 6.0], [1.33, 1.5 - 0.1j]),
    ([12.0, 15.0, 40.0], [0.75, 1.2 - 0.3j, 1.1 - 0.5j]),
]
DERIVATIVES = [
    case([x], [m], spread(x, 5), True)
    for m in (1.19, 1.5 + 0.1j, 0.75, 0.2 + 3j)
    for x in (0.05, 1.0, 10.0, 60.0, 300.0, 1000.0)
] + [case(sizes, indices, spread(sizes[-1], 5), True) for sizes, indices in LAYERED]

result = {
    "script": "bench/mie-reference.py",
    "hash": hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest(),
    "mpmath": mpmath.__version__,
    "accuracy": ACCURACY,
    "derivatives": DERIVATIVES,
}
(HERE / "results" / "mie-reference.json").write_text(json.dumps(result) + "\n")
