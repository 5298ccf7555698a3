"""Known numbers of the gallery's microscopes, on standard output; needs numpy and scipy only.

Independent of the program: Mie coefficients from scipy's spherical Bessel functions (Bohren and Huffman 1983, 4.53), the
image of an aplanatic objective as integrals over the angle (Gauss-Legendre), no pupil grid and no Fourier transform:
Ex = direct + I0 + I2 cos 2phi, Ey = I2 sin 2phi for light polarised along x. Run: python3 bench/microscopes.py
"""

import numpy as np
from scipy.special import jv, spherical_jn, spherical_yn

WAVELENGTH = 532e-9
UM = 1e-6
# A bead of 1 um of polystyrene in water, and in an oil that nearly hides it.
WATER = dict(medium=1.33, radius=0.5e-6, index=1.59)
OIL = dict(medium=1.57, radius=0.5e-6, index=1.59)
NA = 1.2


def wavenumber(medium):
    return 2 * np.pi * medium / WAVELENGTH


def coefficients(medium, radius, index):
    x, m = wavenumber(medium) * radius, index / medium
    n = np.arange(1, int(x + 4.05 * x ** (1 / 3) + 2) + 6)

    def psi(z):
        j = spherical_jn(n, z)
        return z * j, j + z * spherical_jn(n, z, derivative=True)

    px, dpx = psi(x)
    pz, dpz = psi(m * x)
    y, dy = spherical_yn(n, x), spherical_yn(n, x, derivative=True)
    xi, dxi = px + 1j * x * y, dpx + 1j * (y + x * dy)
    a = (m * pz * dpx - px * dpz) / (m * pz * dxi - xi * dpz)
    b = (pz * dpx - m * px * dpz) / (pz * dxi - m * xi * dpz)
    return n, a, b


def amplitudes(theta, sphere):
    """S1 and S2 at the angles."""
    n, a, b = coefficients(**sphere)
    mu = np.cos(theta)
    before, pi = np.zeros_like(mu), np.ones_like(mu)
    s1, s2 = np.zeros(mu.shape, complex), np.zeros(mu.shape, complex)
    for order, an, bn in zip(n, a, b):
        tau = order * mu * pi - (order + 1) * before
        weight = (2 * order + 1) / (order * (order + 1))
        s1 += weight * (an * pi + bn * tau)
        s2 += weight * (an * tau + bn * pi)
        before, pi = pi, ((2 * order + 1) * mu * pi - (order + 1) * before) / order
    return s1, s2


def rule(low, high, count=600):
    x, w = np.polynomial.legendre.leggauss(count)
    return 0.5 * (high - low) * x + 0.5 * (high + low), 0.5 * (high - low) * w


def scattered(sphere, x, y, low=0.0, high=NA, z=0.0):
    """Ex, Ey at (x, y) in units of the direct wave, of what passes between two apertures."""
    medium = sphere["medium"]
    k = wavenumber(medium)
    theta, weight = rule(np.arcsin(low / medium), np.arcsin(high / medium))
    s1, s2 = amplitudes(theta, sphere)
    size = weight * np.sqrt(np.cos(theta)) * np.sin(theta) * np.exp(1j * k * z * (np.cos(theta) - 1))
    rho, phi = np.hypot(x, y), np.arctan2(y, x)
    argument = k * rho * np.sin(theta)
    i0 = -np.sum(size * (s1 + s2) / 2 * jv(0, argument))
    i2 = np.sum(size * (s2 - s1) / 2 * jv(2, argument))
    return np.array([i0 + i2 * np.cos(2 * phi), i2 * np.sin(2 * phi)])


DIRECT = np.array([1, 0])


def irradiance(field):
    return float(np.sum(np.abs(field) ** 2))


def dark_field(sphere, x, y, stop):
    return irradiance(scattered(sphere, x, y, low=stop * NA))


def phase_contrast(sphere, x, y, plate, transmission, phase):
    """In units of the background."""
    factor = transmission * np.exp(1j * phase)
    on_plate = DIRECT + scattered(sphere, x, y, high=plate * NA)
    beside = scattered(sphere, x, y, low=plate * NA)
    return irradiance(factor * on_plate + beside) / transmission**2


def dic(sphere, x, y, shear, direction, bias):
    dx, dy = 0.5 * shear * np.cos(direction), 0.5 * shear * np.sin(direction)
    ahead = DIRECT + scattered(sphere, x + dx, y + dy)
    behind = DIRECT + scattered(sphere, x - dx, y - dy)
    return irradiance(0.5 * (ahead * np.exp(0.5j * bias) - behind * np.exp(-0.5j * bias)))


def dot(a, b):
    return np.sum(a * b, axis=-1)


def turned(a, source, target):
    """Vectors a, as the rotation turns them that takes the unit vectors source to target (Rodrigues)."""
    axis, c = np.cross(source, target), dot(source, target)[..., None]
    return a * c + np.cross(axis, a) + axis * dot(axis, a)[..., None] / (1 + c)


def tilted(sphere, sines, low=0.0, high=NA, side=1, away=0.0, count=(60, 48)):
    """
    Ex, Ey in the middle of a sphere in focus, in units of the direct wave, for one wave whose direction of travel has
    these sines: S1 and S2 in the plane of both rays, turned by an aplanatic condenser before and an objective behind it, or before it
    with the focal plane `away` in front of it.
    """
    medium = sphere["medium"]
    sine, weight = rule(low / medium, high / medium, count[0])
    phi = 2 * np.pi * (np.arange(count[1]) + 0.5) / count[1]
    s, p = np.meshgrid(sine, phi, indexing="ij")
    cosine = np.sqrt(1 - s**2)
    ray = np.stack([s * np.cos(p), s * np.sin(p), side * cosine], -1)
    incident = np.array([*sines, np.sqrt(1 - np.dot(sines, sines))])
    axis = np.array([0.0, 0.0, 1.0])
    polarised = turned(np.array([1.0, 0.0, 0.0]), axis, incident)
    normal = np.cross(incident, ray)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    across = np.where(length > 1e-9, normal / np.maximum(length, 1e-30), np.array([0.0, 1.0, 0.0]))
    s1, s2 = amplitudes(np.arccos(np.clip(dot(incident, ray), -1, 1)), sphere)
    along = np.cross(across, ray) * (s2 * dot(np.cross(across, incident), polarised))[..., None]
    field = turned(along + across * (s1 * dot(across, polarised))[..., None], ray, side * axis)
    # d²s = s ds dphi; the aplanatic objective and the wave's own cosine.
    size = -s * weight[:, None] / (count[1] * np.sqrt(cosine * incident[2]))
    size = size * np.exp(1j * wavenumber(medium) * away * (incident[2] - side * cosine))
    return np.sum(size[..., None] * field, axis=(0, 1))[:2]


def condenser(inner, outer, rings=12, spokes=24):
    """Sines and weights of directions that fill a ring of the condenser evenly."""
    square, weight = rule(inner**2, outer**2, rings)
    weight = weight / np.sum(weight) / spokes
    for each, w in zip(np.sqrt(square), weight):
        for turn in 2 * np.pi * (np.arange(spokes) + 0.25) / spokes:
            yield np.array([each * np.cos(turn), each * np.sin(turn)]), w


def bright_field(sphere, inner, outer):
    """Middle of the sphere; condenser between two apertures."""
    medium = sphere["medium"]
    return sum(w * irradiance(DIRECT + tilted(sphere, s / medium)) for s, w in condenser(inner, outer))


def annular_phase_contrast(sphere, inner, outer, plate, transmission, phase):
    """In units of the background; the plate between two shares of the pupil acts on the light of the condenser."""
    medium, factor = sphere["medium"], transmission * np.exp(1j * phase)
    total = 0
    for s, w in condenser(inner, outer, rings=1, spokes=12):
        on_plate = DIRECT + tilted(sphere, s / medium, low=plate[0] * NA, high=plate[1] * NA)
        beside = tilted(sphere, s / medium, high=plate[0] * NA) + tilted(sphere, s / medium, low=plate[1] * NA)
        total += w * irradiance(factor * on_plate + beside) / transmission**2
    return total


def iscat(sphere, away, cover):
    """Back-scatter against what the cover glass reflects: it passed the glass twice, t t' / r."""
    medium = sphere["medium"]
    gain = 4 * cover * medium / (cover**2 - medium**2)
    return irradiance(DIRECT + gain * tilted(sphere, np.zeros(2), side=-1, away=away))


if __name__ == "__main__":
    print("bright field, light along the axis, middle of the bead:", irradiance(DIRECT + scattered(OIL, 0, 0)))
    print("dark field, stop of 0.2, middle of the bead:", dark_field(WATER, 0, 0, 0.2))
    print("phase contrast, plate of 0.1, middle of the bead:", phase_contrast(OIL, 0, 0, 0.1, 0.5, np.pi / 2))
    at = 0.3 * UM
    relief = [dic(OIL, s * at, s * at, 0.2 * UM, np.pi / 4, np.pi / 2) for s in (1, -1)]
    print("DIC, 0.42 um down and up the shear:", relief, "difference:", relief[0] - relief[1])
    print("bright field, condenser of 0.6, middle of the bead:", bright_field(WATER, 0, 0.6))
    ring = annular_phase_contrast(OIL, 0.45, 0.5, (0.32, 0.48), 0.5, np.pi / 2)
    print("phase contrast, ring of 0.32 to 0.48, condenser of 0.45 to 0.5, middle of the bead:", ring)
    # The index that the program's table of gold has at 532 nm (Johnson and Christy 1972, interpolated).
    gold = dict(medium=1.33, radius=20e-9, index=0.5198 + 2.22496j)
    half = dict(gold, radius=10e-9)
    print("iSCAT, 40 nm of gold on glass, middle:", iscat(gold, 20e-9, 1.518), "20 nm:", iscat(half, 10e-9, 1.518))
    low = DIRECT + scattered(OIL, 0, 0, high=0.5)
    print("off-axis, NA 0.5, phase through the middle of the bead, rad:", np.angle(low[0]))
    print("  straight through it:", 2 * np.pi * 2 * OIL["radius"] * (OIL["index"] - OIL["medium"]) / WAVELENGTH)
