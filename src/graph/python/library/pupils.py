def pupil_axis(n):
    """Coordinates rho of the pupil's samples."""
    return axis(n) / ((n - 2) / 2)


def axial(n, wavelength, index, aperture):
    """kz - k over the pupil, radians per metre along the light."""
    rho = pupil_axis(n)
    sine2 = np.minimum(1, (rho[None, :] ** 2 + rho[:, None] ** 2) * (aperture / index) ** 2)
    return -2 * np.pi * index / wavelength * sine2 / (1 + np.sqrt(1 - sine2))


def position(n, light, aperture, x, y, z):
    """Phase factor of an object at (x, y), a distance z before the focal plane."""
    rho = pupil_axis(n)
    lateral = 2 * np.pi * aperture / light.wavelength * (rho[None, :] * x + rho[:, None] * y)
    return np.exp(1j * (lateral + z * axial(n, light.wavelength, light.index, aperture)))


@dataclass
class Emitter:
    """What shines: amplitude(n, aperture) gives its light in a pupil of n samples, [modes, components, n, n]."""

    amplitude: object
    photons: object
    light: object


def light_of_bead(light, x, y, z, photons, diameter, emission):
    """A fluorescent bead; photons are those that pass the pupil, in each plane."""
    reach = np.sqrt(3 / 5) * diameter / 2
    # Six corners of an octahedron have the moments of a ball up to the third order.
    shifts = [(0, 0, 0)] if diameter == 0 else [s * reach * np.eye(3)[a] for s in (-1, 1) for a in range(3)]

    def amplitude(n, aperture):
        rho = pupil_axis(n)
        if emission == "uniform":
            even = np.full((n, n), 1 / np.sqrt(np.pi))
        else:
            a = min(0.9999, aperture / light.index)
            sine = np.minimum(0.9995, np.hypot(rho[None, :], rho[:, None]) * a)
            even = 1 / np.sqrt(np.sqrt(1 - sine**2) * 2 * np.pi / (1 + np.sqrt(1 - a * a)))
        parts = [position(n, light, aperture, x + dx, y + dy, z + dz) for dx, dy, dz in shifts]
        return np.stack([even * part / np.sqrt(len(parts)) for part in parts])[:, None]

    return Emitter(amplitude, photons, light)


def light_of_dipole(
    wavelength, index, x, y, z, photons, motion, polar, azimuth, cone
):
    """
    A molecule behind an aplanatic objective (Backer and Moerner 2014; in a cone: Zhang and Lew 2019); photons are
    those radiated into all directions, in each plane.
    """
    light = Field(np.zeros((1, 1, 1)), 1.0, wavelength, index, 0.0)
    ct, st, cp, sp = np.cos(polar), np.sin(polar), np.cos(azimuth), np.sin(azimuth)
    along = np.array([st * cp, st * sp, ct])
    if motion == "fixed":
        moments = [along]
    elif motion == "rotating":
        moments = list(np.eye(3))
    else:
        c = np.cos(cone)
        lateral = np.sin(cone / 2) * np.sqrt(2 + c)
        moments = [
            np.sqrt(1 + c + c * c) * along,
            lateral * np.array([ct * cp, ct * sp, -st]),
            lateral * np.array([-sp, cp, 0]),
        ]

    def amplitude(n, aperture):
        rho_x, rho_y = pupil_axis(n)[None, :], pupil_axis(n)[:, None]
        rho = np.hypot(rho_x, rho_y)
        sine = np.minimum(0.9995, rho * aperture / index)
        cosine = np.sqrt(1 - sine**2)
        # Pupil point rho holds the light that left towards -rho.
        safe = np.where(rho == 0, 1, rho)
        c, s = np.where(rho == 0, 1, -rho_x / safe), np.where(rho == 0, 0, -rho_y / safe)
        scale = np.sqrt(3 / (8 * np.pi * len(moments))) * aperture / index / np.sqrt(cosine)
        out = []
        for px, py, pz in moments:
            meridional = (px * c + py * s) * cosine - pz * sine
            azimuthal = py * c - px * s
            out.append([meridional * c - azimuthal * s, meridional * s + azimuthal * c])
        return scale * np.array(out) * position(n, light, aperture, x, y, z)

    return Emitter(amplitude, photons, light)


def fill_pupil(light, samples, aperture, zernikes):
    """The pupil of an objective; zernikes: {Noll index: optical path in m RMS}."""
    n = light.u.shape[-1] if isinstance(light, Field) else samples
    rho = pupil_axis(n)
    if isinstance(light, Field):
        # The inscribed circle of the field is the pupil's edge; power is kept.
        p, unit, photons, source = light.u[:, None] * light.pitch * (n - 2) / 2, "W", 1.0, light
    else:
        p, unit, photons, source = light.amplitude(n, aperture), "photons", light.photons, light.light
    path = sum((c * zernike(j, rho[None, :], rho[:, None]) for j, c in zernikes.items()), np.zeros((n, n)))
    p = p * disc(n, (n - 2) / 2) * np.exp(2j * np.pi / source.wavelength * path)
    return Pupil(p[:, None], aperture, source.wavelength, source.index, source.polarization, unit, photons)


def focus_stack(light, planes, step, offset):
    """Planes at offset + (i - floor(planes / 2)) step along the light."""
    z = offset + step * axis(planes)
    slope = axial(light.p.shape[-1], light.wavelength, light.index, light.aperture)
    return replace(light, p=light.p * np.exp(1j * z[:, None, None, None] * slope))


def focus_vectorially(light, apodisation):
    """All three components of the field behind a lens of high aperture (Richards and Wolf 1959)."""
    n, components = light.p.shape[-1], light.p.shape[2]
    sine = light.aperture / light.index
    rho = pupil_axis(n)
    p, q = rho[None, :] * sine, rho[:, None] * sine
    shrink = np.minimum(1, np.sqrt(0.9999 / np.maximum(1e-300, p * p + q * q)))
    p, q = p * shrink, q * shrink
    c = np.sqrt(1 - p * p - q * q)
    edge = np.sqrt(1 - min(0.9999, sine * sine))
    exponent, mean = {
        "aplanatic": (-0.5, 2 / (1 + edge)),
        "herschel": (-1, -2 * np.log(edge) / (1 - edge**2)),
        "helmholtz": (-2.5, 2 * (edge**-3 - 1) / (3 * (1 - edge**2))),
        "even": (0, 1),
    }[apodisation]
    a = c**exponent / np.sqrt(mean)
    of_x = np.array([a - a * p * p / (1 + c), -a * p * q / (1 + c), a * p])
    of_y = np.array([-a * p * q / (1 + c), a - a * q * q / (1 + c), a * q])
    if components == 1:
        turned = np.cos(light.polarization) * of_x + np.sin(light.polarization) * of_y
        return replace(light, p=light.p * turned)
    return replace(light, p=light.p[:, :, :1] * of_x + light.p[:, :, 1:2] * of_y)


def through_psf_mask(light, kind, strength, rotation, charge, zones, views, shift, depth_step):
    """Pupil masks for the depth of points (tetrapod: Shechtman et al. 2014; double helix: Prasad 2013)."""
    n = light.p.shape[-1]
    px, py = pupil_axis(n)[None, :], pupil_axis(n)[:, None]
    x = px * np.cos(rotation) + py * np.sin(rotation)
    y = py * np.cos(rotation) - px * np.sin(rotation)
    square, angle = px**2 + py**2, np.arctan2(py, px)
    if kind == "vortex":
        phase = charge * angle
    elif kind == "doubleHelix":
        ring = np.minimum(zones, 1 + np.floor(zones * square))
        phase = (2 * ring - 1) * (angle - rotation)
    elif kind == "multiView":
        view = np.floor(np.mod(angle / (2 * np.pi), 1) * views) % views
        middle = 2 * np.pi * (view + 0.5) / views
        ramp = px * np.cos(middle) + py * np.sin(middle)
        depth = -(view - views // 2) * depth_step
        phase = 2 * np.pi * light.aperture / light.wavelength * shift * ramp
        phase = phase + depth * axial(n, light.wavelength, light.index, light.aperture)
    else:
        path = {
            "astigmatic": lambda: zernike(6, x, y),
            "tetrapod": lambda: (1.068 * zernike(6, x, y) - 1.21 * zernike(12, x, y)) / np.hypot(1.068, 1.21),
            "cubic": lambda: x**3 + y**3,
            "bifocal": lambda: np.maximum(0, x * x + y * y - 0.5),
        }[kind]()
        phase = 2 * np.pi * strength / light.wavelength * path
    return replace(light, p=light.p * np.exp(1j * phase))
