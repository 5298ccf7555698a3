def kept_square(pixel_size, n, step):
    """Transform of the mean over a square pixel at the n frequencies step apart (in 1 / pixel)."""
    line = np.sinc(pixel_size * axis(n) * step)
    return line[:, None] * line[None, :]


def pupil_light(light, rows, columns, pitch, pixel_size):
    """Light of each pixel, |E|^2 times its area with E(x) = NA / wavelength * sum of p exp(-2 pi i rho x NA / wavelength) drho^2."""
    cutoff = light.aperture / light.wavelength
    step = cutoff * pitch / light.radius
    scale = cutoff / light.radius**2 * pitch
    if pixel_size == 0:
        return (np.abs(scale * zoomed(light.p, step, rows, columns, -1)) ** 2).sum(axis=(0, 2))
    # Twice the samples hold every frequency of |E|^2, so that the mean over a pixel is exact.
    n = 2 * light.p.shape[-1]
    even = (np.abs(scale * transform(resized(light.p, n, n), -1)) ** 2).sum(axis=(0, 2))
    spectrum = transform(even, 1) / n**2 * kept_square(pixel_size, n, step)
    return pixel_size**2 * zoomed(spectrum, step, rows, columns, -1).real


def field_light(light, rows, columns, pitch, pixel_size):
    """Light of each pixel from a sampled field, by Fourier interpolation where they do not coincide."""
    n = light.u.shape[-1]
    if pixel_size == 0 and abs(pitch / light.pitch - 1) < 1e-9:
        return (np.abs(resized(light.u, rows, columns)) ** 2).sum(axis=0)[None] * pitch**2
    u = light.u
    if light.sphere is not None:
        # No pixel sees this phase, and its samples may be too few to interpolate.
        u = u * np.exp(-1j * np.pi * light.sphere * (axis(n)[:, None] ** 2 + axis(n)[None, :] ** 2))
    step = pitch / light.pitch / n
    spectrum = transform(u, -1) / n**2
    if pixel_size == 0:
        seen = (np.abs(zoomed(spectrum, step, rows, columns, 1)) ** 2).sum(axis=0)
    else:
        even = (np.abs(transform(resized(spectrum, 2 * n, 2 * n), 1)) ** 2).sum(axis=0)
        spectrum = transform(even, -1) / (2 * n) ** 2 * kept_square(pixel_size, 2 * n, step)
        seen = pixel_size**2 * zoomed(spectrum, step, rows, columns, 1).real

    def inside(count):
        at = axis(count) * pitch / light.pitch
        return (at >= -(n // 2) - 0.5) & (at <= n - 1 - n // 2 + 0.5)

    return (seen * inside(rows)[:, None] * inside(columns)[None, :])[None] * pitch**2


def blurred(image, sigma):
    """Gaussian blur of standard deviation sigma (pixels), the image taken as periodic."""
    ny, nx = image.shape[-2:]
    square = (axis(ny) / ny)[:, None] ** 2 + (axis(nx) / nx)[None, :] ** 2
    return transform(transform(image, -1) * np.exp(-2 * np.pi**2 * sigma**2 * square), 1).real / (ny * nx)


def expose(light, seen_by, rows, columns, pixel_pitch, magnification, blur, background, gain, offset, pixel_size):
    """
    The mean image [planes, rows, columns], without noise: offset + gain (blur * light + background).
    seen_by: what gives the light of each pixel; pixel_size: side of the sensitive square in pixels, 0 for its centre.
    """
    signal = blurred(seen_by(light, rows, columns, pixel_pitch / magnification, pixel_size), blur)
    photons = np.reshape(getattr(light, "photons", 1.0), (-1, 1, 1))
    return offset + gain * (signal * photons + np.reshape(background, (-1, 1, 1)))
