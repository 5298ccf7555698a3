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


if __name__ == "__main__":
    print("bright field, light along the axis, middle of the bead:", irradiance(DIRECT + scattered(OIL, 0, 0)))
    print("dark field, stop of 0.2, middle of the bead:", dark_field(WATER, 0, 0, 0.2))
    print("phase contrast, plate of 0.1, middle of the bead:", phase_contrast(OIL, 0, 0, 0.1, 0.5, np.pi / 2))
    at = 0.3 * UM
    relief = [dic(OIL, s * at, s * at, 0.2 * UM, np.pi / 4, np.pi / 2) for s in (1, -1)]
    print("DIC, 0.42 um down and up the shear:", relief, "difference:", relief[0] - relief[1])
