def chosen_method(n, pitch, wavelength, distance, largest_angle, reach):
    """What samples the propagation finely enough; wavelength: in the medium, reach: half the window or None."""
    z = abs(distance)
    if z <= n * pitch**2 / wavelength:
        return "angularSpectrum"
    kept = min(1, 2 * pitch / (wavelength * np.hypot(2 * z / (2 * n * pitch), 1)))
    if reach is not None and kept >= 0.25:
        return "angularSpectrum"
    far = np.inf if reach is None else n * pitch / 2 + reach
    lateral = min(far, z * largest_slope(pitch, wavelength, largest_angle))
    error = 2 * np.pi * (np.sqrt(2) * lateral) ** 4 / (8 * wavelength * z**3)
    return "fresnelSingle" if error <= 0.5 else "scalableAngularSpectrum"


def largest_slope(pitch, wavelength, largest_angle):
    """tan of the largest angle that the grid, or the light, has."""
    sine = min(1 - 1e-6, wavelength / (2 * pitch))
    if largest_angle > 0:
        sine = min(sine, np.sin(min(largest_angle, 1.5)))
    return sine / np.sqrt(1 - sine * sine)


def padded_samples(n, pitch, wavelength, distance, largest_angle, reach):
    """Samples of a window in which light that leaves on one side does not come back on the other."""
    half = n * pitch / 2
    far = half + (half if reach is None else reach)
    needed = (far + min(far, abs(distance) * largest_slope(pitch, wavelength, largest_angle))) / pitch
    least = n if largest_angle > 0 or distance == 0 else 2 * n
    if not needed > least + 0.5:
        return least
    quarters = int(np.ceil(4 * needed / n - 1e-9))
    quarters = 8 if quarters == 7 else quarters
    if quarters % 4 == 0:
        return min(4, quarters // 4) * n
    length = 8 * int(np.ceil(np.ceil(quarters * n / 4) / 8))
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return min(4 * n, length)
        length += 8


def band_edge(n, limit):
    """1 for frequency orders below the limit, 0 above, straight over one order; along both axes."""
    line = np.clip(limit - np.abs(axis(n)) + 0.5, 0, 1)
    return line[:, None] * line[None, :]


def filtered(light, distance, padded, paraxial, periodic):
    """Propagation by the band-limited angular spectrum (Matsushima and Shimobaba 2009), or by Fresnel's form of it."""
    n, width = light.u.shape[-1], padded * light.pitch
    medium, k = light.wavelength / light.index, 2 * np.pi * light.index / light.wavelength
    square = (axis(padded)[:, None] ** 2 + axis(padded)[None, :] ** 2) / width**2
    m = medium**2 * square
    if paraxial:
        wave = np.exp(-0.5j * k * distance * m)
        root = 2 * abs(distance) / width
    else:
        axial = np.exp(-1j * k * distance * m / (1 + np.sqrt(np.maximum(0, 1 - m))))
        fading = np.exp(-1j * k * distance - k * np.sqrt(np.maximum(0, m - 1)) * abs(distance))
        wave = np.where(m < 1, axial, fading)
        root = np.hypot(2 * distance / width, 1)
    if not periodic and root > 0:
        wave = wave * band_edge(padded, width / (medium * root))
    moved = transform(transform(resized(light.u, padded, padded), -1) * wave, 1) / padded**2
    return replace(light, u=resized(moved, n, n), sphere=None)


def steepness_filter(n, pitch, medium, distance):
    """What makes Fresnel's integral exact (Heintzmann, Loetgering and Wechsler 2023)."""
    row, column = np.abs(axis(n))[:, None], np.abs(axis(n))[None, :]
    m = np.minimum(1 - 1e-15, medium**2 * (row**2 + column**2) / (n * pitch) ** 2)
    cosine = np.sqrt(1 - m)
    per_order = abs(distance) * medium / (n * pitch)
    far = per_order * (1 / cosine - 1) * np.maximum(row, column)
    per_step = per_order * (1 / cosine - 1 + m / cosine**3)
    inside = np.where(per_step > 0, (n * pitch / 2 - far) / np.where(per_step > 0, per_step, 1), 1)
    inside = np.where(medium**2 * (row**2 + column**2) / (n * pitch) ** 2 >= 1, -1, inside)
    weight = np.where(inside >= 0.5, 1, np.where(inside <= -0.5, 0, 0.5 * (1 + np.sin(np.pi * np.clip(inside, -1, 1)))))
    return weight * np.exp(-1j * np.pi / medium * distance * m * m / (1 + cosine) ** 2)


def single_transform(light, distance, padded, method, natural):
    """Fresnel's integral (Goodman) in the light's window, or in the one that a discrete transform gives."""
    n, pitch, medium = light.u.shape[-1], light.pitch, light.wavelength / light.index
    own = medium * abs(distance) / (padded * pitch)
    u = resized(light.u, padded, padded)

    def corrected(v, step):
        return transform(transform(v, -1) * steepness_filter(padded, step, medium, distance), 1) / padded**2

    def chirp(count, step):
        return np.exp(1j * np.pi / (medium * distance) * step**2 * (axis(count)[:, None] ** 2 + axis(count)[None, :] ** 2))

    shrinks = natural and own < pitch
    if method == "scalableAngularSpectrum" and not shrinks:
        u = corrected(u, pitch)
    if method != "fraunhofer":
        u = u * chirp(padded, pitch)
    sign = -1 if distance > 0 else 1
    target = own if natural else pitch
    if natural:
        image = transform(u, sign) / padded * pitch / own
    else:
        image = zoomed(u, pitch**2 / (medium * abs(distance)), n, n, sign) * pitch**2 / (medium * abs(distance))
        inside = np.abs(axis(n)) * pitch <= padded * own / 2 * (1 + 1e-9)
        image = image * inside[:, None] * inside[None, :]
    image = image * sign * 1j * chirp(image.shape[-1], target)
    if method == "scalableAngularSpectrum" and shrinks:
        image = corrected(image, own)
    # pi sphere (j^2 + k^2): the phase of the chirp.
    sphere = target**2 / (medium * distance)
    return replace(light, u=resized(image, n, n), pitch=target, sphere=sphere)


def propagate(light, distance, method, natural, padding, largest_angle):
    """Free space; natural: the window that the method makes, padding: a whole number or None."""
    n, pitch, medium = light.u.shape[-1], light.pitch, light.wavelength / light.index
    reach = None if natural else n * pitch / 2
    if method == "auto":
        method = chosen_method(n, pitch, medium, distance, largest_angle, reach)
    if method in ("angularSpectrum", "fresnelTransfer"):
        padded = padded_samples(n, pitch, medium, distance, largest_angle, reach) if padding is None else padding * n
        return filtered(light, distance, padded, method == "fresnelTransfer", padding == 1)
    least = 2 if method == "scalableAngularSpectrum" else 1
    return single_transform(light, distance, (padding or least) * n, method, natural)
