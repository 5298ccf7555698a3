def spread(cells, n, side, middle, linear):
    """The cells of a map on n samples; side: of a cell in samples."""
    count = len(cells)
    left = middle - side * count / 2
    at = axis(n)[:, None]
    cell = np.arange(count)[None, :]
    share = np.minimum(at + 0.5, left + (cell + 1) * side) - np.maximum(at - 0.5, left + cell * side)
    weights = np.maximum(share, 0)
    if linear:
        covered = weights.sum(axis=1)
        place = np.clip((axis(n) - left) / side - 0.5, 0, count - 1)
        below = np.minimum(count - 1, np.floor(place)).astype(int)
        weights = np.zeros((n, count))
        weights[np.arange(n), below] = covered * (1 - (place - below))
        weights[np.arange(n), np.minimum(count - 1, below + 1)] += covered * (place - below)
    return weights @ cells @ weights.T


def through_phase_map(light, cells, linear, leave_out, design_wavelength):
    """A phase (rad) cell by cell over a field's window, or over the square around a pupil's disc."""
    is_pupil = isinstance(light, Pupil)
    n = light.p.shape[-1] if is_pupil else light.u.shape[-1]
    side = 2 * light.radius / len(cells) if is_pupil else n / len(cells)
    middle = 0 if is_pupil else (n - 1) / 2 - n // 2
    phase = spread(cells, n, side, middle, linear)
    if leave_out > 0:
        radius = side * len(cells) / 2
        rho = (axis(n) - middle) / radius
        terms = np.stack([zernike(j, rho[None, :], rho[:, None]) for j in range(1, leave_out + 1)])
        share = disc(n, radius, middle)
        products = np.einsum("iyx,jyx,yx->ij", terms, terms, share)
        phase = phase - np.tensordot(np.linalg.solve(products, np.einsum("iyx,yx->i", terms, share * phase)), terms, 1)
    factor = np.exp(1j * phase * (design_wavelength / light.wavelength if design_wavelength > 0 else 1))
    return replace(light, p=light.p * factor) if is_pupil else behind(light, factor)


def decoded(text, cells):
    """Numbers [cells, cells] from little-endian float32 in base64."""
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(cells, cells).astype(float)
