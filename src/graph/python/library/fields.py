def plane_wave(samples, pitch, wavelength, index, polarization, power, tilt_x, tilt_y):
    """A plane wave whose power passes the circle inscribed in the grid."""
    k = 2 * np.pi * index / wavelength
    x, y = axis(samples)[None, :] * pitch, axis(samples)[:, None] * pitch
    u = np.sqrt(power / np.pi) / ((samples - 2) / 2 * pitch) * np.exp(1j * k * (x * np.sin(tilt_x) + y * np.sin(tilt_y)))
    return Field((u + np.zeros((samples, samples)))[None], pitch, wavelength, index, polarization)


def gaussian_beam(
    samples, pitch, wavelength, index, polarization, power, waist, distance, waist_y, distance_y, x, y, orientation
):
    """A laser beam with a waist, along each axis of its ellipse (Siegman, Lasers, chapter 17)."""
    dx, dy = axis(samples)[None, :] * pitch - x, axis(samples)[:, None] * pitch - y
    c, s = np.cos(orientation), np.sin(orientation)
    u = np.sqrt(power) + 0j
    for along, w0, z in ((c * dx + s * dy, waist, distance), (c * dy - s * dx, waist_y, distance_y)):
        reach = np.pi * index * w0**2 / wavelength
        w = w0 * np.hypot(1, z / reach)
        phase = np.pi * index / wavelength * along**2 * z / (z * z + reach * reach) - 0.5 * np.arctan(z / reach)
        u = u * np.sqrt(np.sqrt(2 / np.pi) / w) * np.exp(-((along / w) ** 2) + 1j * phase)
    return Field(u[None], pitch, wavelength, index, polarization)


def behind(light, transmission):
    """Light behind a mask."""
    return replace(light, u=light.u * transmission, sphere=None)


def through_lens(light, focal_length, diameter):
    """Phase of a thin lens, within a round stop (0: none)."""
    n = light.u.shape[-1]
    square = (axis(n)[:, None] ** 2 + axis(n)[None, :] ** 2) * light.pitch**2
    bent = np.exp(-1j * np.pi * light.index / focal_length * square / light.wavelength)
    return behind(light, bent * (disc(n, diameter / 2 / light.pitch) if diameter > 0 else 1))


def through_2f(light, focal_length):
    """From the front to the back focal plane of a lens."""
    n = light.u.shape[-1]
    pitch = light.wavelength * focal_length / (light.index * n * light.pitch)
    u = -1j * transform(light.u, -1) / n * light.pitch / pitch
    return replace(light, u=u, pitch=pitch, sphere=None)
