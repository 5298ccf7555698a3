@dataclass
class Spheres:
    """Light of spheres in a plane wave along the axis, on its way to a camera."""

    places: list  # (x, y, z, radius, complex index) of each
    light: Field
    amplitude: float = 1.0  # factor on what they scatter
    reference: float | None = None  # polarization angle of the wave that interferes with it
    aperture: float = 0.0
    zernikes: dict | None = None


def light_of_spheres(light, places):
    """Spheres, each as if it were alone: (x, y, distance z before focus, radius, complex index)."""
    return Spheres(places, light)


def meet_reference(scattered, reference, amplitude):
    """Scattered light times an amplitude, and the plane wave that shares its way to the camera."""
    return replace(scattered, amplitude=amplitude, reference=reference.polarization)


def collect(light, aperture, zernikes):
    """The objective; aberrations must be the same all around the axis."""
    return replace(light, aperture=aperture, zernikes=zernikes)


def mie_coefficients(x, m):
    """a_n and b_n for the size parameter x and relative index m, time factor exp(-i omega t) (Bohren and Huffman)."""
    order = int(x + 4.05 * np.cbrt(x) + 2) + 3
    n = np.arange(1, order + 1)
    # Logarithmic derivative of psi inside, downwards from far beyond the order.
    start = int(max(order, abs(m * x))) + 16
    d = np.zeros(start + 1, complex)
    for k in range(start, 0, -1):
        d[k - 1] = k / (m * x) - 1 / (d[k] + k / (m * x))
    d = d[1 : order + 1]
    every = np.arange(order + 1)
    psi = x * spherical_jn(every, x)
    xi = psi + 1j * x * spherical_yn(every, x)
    by_a, by_b = d / m + n / x, d * m + n / x
    a = (by_a * psi[1:] - psi[:-1]) / (by_a * xi[1:] - xi[:-1])
    b = (by_b * psi[1:] - psi[:-1]) / (by_b * xi[1:] - xi[:-1])
    return a, b


def mie_amplitudes(x, m, cosine):
    """S1 and S2 in directions of these cosines."""
    a, b = mie_coefficients(x, m)
    s1, s2 = np.zeros(len(cosine), complex), np.zeros(len(cosine), complex)
    before, pi = np.zeros(len(cosine)), np.ones(len(cosine))
    for n in range(1, len(a) + 1):
        tau = n * cosine * pi - (n + 1) * before
        scale = (2 * n + 1) / (n * (n + 1))
        s1 += scale * (a[n - 1] * pi + b[n - 1] * tau)
        s2 += scale * (a[n - 1] * tau + b[n - 1] * pi)
        before, pi = pi, ((2 * n + 1) * cosine * pi - (n + 1) * before) / n
    return s1, s2


def radial_fields(sphere, light, aperture, zernikes, reach):
    """
    I0 and I2 over the distance from the axis, relative to a unit wave: integrals over the cone of an aplanatic
    objective (Bohren and Huffman, eq. 4.74; Richards and Wolf 1959), splined.
    """
    _, _, z, radius, index = sphere
    k = 2 * np.pi * light.index / light.wavelength
    edge = np.arcsin(min(0.9995, aperture / light.index))
    turns = k * (reach * np.sin(edge) + abs(z) * (1 - np.cos(edge)) + radius)
    nodes, weights = np.polynomial.legendre.leggauss(int(60 + turns))
    theta = 0.5 * edge * (nodes + 1)
    cosine, sine = np.cos(theta), np.sin(theta)
    s1, s2 = mie_amplitudes(k * radius, index / light.index, cosine)
    rho = sine * light.index / aperture
    path = sum((c * zernike(j, rho, 0 * rho) for j, c in zernikes.items()), 0 * rho)
    phase = k * z * (cosine - 1) + 2 * np.pi / light.wavelength * path
    common = 0.5 * edge * weights * np.sqrt(cosine) * sine * np.exp(1j * phase)
    # So fine that a cubic is within 1e-7 of the finest fringe.
    radii = np.arange(0, reach + 4e-3 * light.wavelength / aperture, 4e-3 * light.wavelength / aperture)
    at = k * radii[:, None] * sine
    i0 = -j0(at) @ (common * (s1 + s2) / 2)
    i2 = jn(2, at) @ (common * (s2 - s1) / 2)
    return CubicSpline(radii, i0), CubicSpline(radii, i2)


def hologram_light(seen, rows, columns, pitch, pixel_size):
    """|reference + scattered|^2 at the pixels, relative to the wave that lights the spheres: [1, rows, columns]."""
    offsets, weights = (np.zeros(1), np.ones(1))
    if pixel_size > 0:
        nodes, weights = np.polynomial.legendre.leggauss(6)
        offsets, weights = 0.5 * pixel_size * nodes, weights / 2
    reach = max(
        np.hypot((columns / 2 + 1) * pitch + abs(x), (rows / 2 + 1) * pitch + abs(y)) for x, y, *_ in seen.places
    )
    fields = [radial_fields(s, seen.light, seen.aperture, seen.zernikes, reach) for s in seen.places]
    psi = seen.light.polarization
    centre = sum(c * zernike(j, 0.0, 0.0) for j, c in seen.zernikes.items())
    reference = np.exp(2j * np.pi / seen.light.wavelength * centre)
    image = np.zeros((rows, columns))
    for dy, wy in zip(offsets, weights):
        for dx, wx in zip(offsets, weights):
            x, y = (axis(columns) + dx)[None, :] * pitch, (axis(rows) + dy)[:, None] * pitch
            ex, ey = np.zeros((rows, columns), complex), np.zeros((rows, columns), complex)
            if seen.reference is not None:
                ex += reference * np.cos(seen.reference)
                ey += reference * np.sin(seen.reference)
            for (sx, sy, *_), (i0, i2) in zip(seen.places, fields):
                rho, phi = np.hypot(x - sx, y - sy), np.arctan2(y - sy, x - sx)
                a, b = seen.amplitude * i0(rho), seen.amplitude * i2(rho)
                ex += a * np.cos(psi) + b * np.cos(2 * phi - psi)
                ey += a * np.sin(psi) + b * np.sin(2 * phi - psi)
            image += wy * wx * (np.abs(ex) ** 2 + np.abs(ey) ** 2)
    return image[None]
