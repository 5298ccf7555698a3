"""What other programs compute for the systems of agreement-systems.json, as JSON on standard output.

Each answer is an intensity image (base64 of float32), divided by its largest value, or by that of the light that
comes in. Pixel centres are at
(index - floor(N/2)) * pitch, rows along +y. Run once by agreement.mjs, with the versions of agreement-requirements.txt.
"""

import base64
import importlib.metadata
import json
import os
import sys
import warnings

os.environ["JAX_PLATFORMS"] = "cpu"
warnings.filterwarnings("ignore")

import chromatix.functional as cf  # noqa: E402
import hcipy  # noqa: E402
import numpy as np  # noqa: E402
import poppy  # noqa: E402
import prysm.coordinates  # noqa: E402
import prysm.geometry  # noqa: E402
import prysm.polynomials  # noqa: E402
import prysm.propagation  # noqa: E402
from astropy import units as u  # noqa: E402

NOLL = {4: (2, 0), 5: (2, -2), 6: (2, 2), 7: (3, -1), 8: (3, 1), 9: (3, -3), 10: (3, 3), 11: (4, 0)}


def axis(n, pitch):
    return (np.arange(n) - n // 2) * pitch


def gaussian(s):
    """Amplitude of a waist of 1/e² intensity radius w away from the axis, [y, x]."""
    x = axis(s["samples"], s["pitch"])
    r2 = (x[None, :] - s["x"]) ** 2 + (x[:, None] - s["y"]) ** 2
    return np.exp(-r2 / s["waist"] ** 2)


# ---- HCIPy: pupils by a matrix Fourier transform, free space by the angular spectrum ----

HCIPY_PUPIL = 512


def hcipy_psf(s, wavelength, coefficients=None, aperture=None):
    diameter, focal_length = 1.0, 0.5 / s["numericalAperture"]
    grid = hcipy.make_pupil_grid(HCIPY_PUPIL, 1.01 * diameter)
    if aperture is None:
        aperture = hcipy.evaluate_supersampled(hcipy.make_circular_aperture(diameter), grid, 8)
    pixels = np.array([s["pixels"]] * 2)
    corner = -(pixels // 2) * s["pitch"]
    screen = hcipy.CartesianGrid(hcipy.RegularCoords([s["pitch"]] * 2, pixels, corner))
    field = aperture.astype(complex)
    if coefficients:
        modes = hcipy.make_zernike_basis(max(coefficients), diameter, grid, radial_cutoff=False)
        opd = sum(c * modes[j - 1] for j, c in coefficients.items())
        field = field * np.exp(2j * np.pi * opd / wavelength)
    propagator = hcipy.FraunhoferPropagator(grid, screen, focal_length=focal_length)
    wavefront = hcipy.Wavefront(hcipy.Field(field, grid), wavelength)
    return np.asarray(propagator(wavefront).intensity.shaped)


def airy(s):
    return hcipy_psf(s, s["wavelength"])


def noll(s):
    return {int(j): c for j, c in s["noll"].items()}


def aberrations(s):
    return hcipy_psf(s, s["wavelength"], noll(s))


def spectrum(s):
    """Equal shares at the middles of equal parts of the band; each line carries the same power."""
    offsets = (np.arange(s["lines"]) + 0.5) / s["lines"] - 0.5
    return sum(
        hcipy_psf(s, s["wavelength"] + s["bandwidth"] * offset) for offset in offsets
    )


def diffraction(s):
    n, pitch = s["samples"], s["pitch"]
    corner = [-(n // 2) * pitch] * 2
    grid = hcipy.CartesianGrid(hcipy.RegularCoords([pitch] * 2, [n] * 2, corner))
    propagator = hcipy.AngularSpectrumPropagator(grid, s["distance"])
    wavefront = hcipy.Wavefront(hcipy.Field(gaussian(s).ravel().astype(complex), grid), s["wavelength"])
    return np.asarray(propagator(wavefront).intensity.shaped)


def telescope(s):
    diameter = 1.0
    grid = hcipy.make_pupil_grid(HCIPY_PUPIL, 1.01 * diameter)
    aperture = hcipy.make_obstructed_circular_aperture(
        diameter, s["obstruction"], num_spiders=s["arms"], spider_width=s["armWidth"] * diameter
    )
    return hcipy_psf(s, s["wavelength"], aperture=hcipy.evaluate_supersampled(aperture, grid, 8))


def polarimeter(s):
    """Light along x through a polariser, a quarter-wave plate and an analyser; as a share of the light that comes."""
    n, pitch = s["samples"], s["pitch"]
    grid = hcipy.CartesianGrid(hcipy.RegularCoords([pitch] * 2, [n] * 2, [-(n // 2) * pitch] * 2))
    light = hcipy.Wavefront(
        hcipy.Field(gaussian(s).ravel().astype(complex), grid), s["wavelength"], input_stokes_vector=(1, 1, 0, 0)
    )
    for element in (
        hcipy.LinearPolarizer(s["polariser"]),
        hcipy.QuarterWavePlate(s["plate"]),
        hcipy.LinearPolarizer(s["analyser"]),
    ):
        light = element.forward(light)
    return np.asarray(light.intensity.shaped)


# ---- POPPY: a telescope by a matrix Fourier transform; angles on the sky, image turned by half a turn ----


def star_test(s):
    radius = 0.5
    focal_length = radius / s["numericalAperture"]
    system = poppy.OpticalSystem(npix=1024, oversample=1)
    system.add_pupil(poppy.CircularAperture(radius=radius, gray_pixel=True))
    coefficients = [0.0] * max(noll(s))
    for j, c in noll(s).items():
        coefficients[j - 1] = c
    system.add_pupil(poppy.ZernikeWFE(radius=radius, coefficients=coefficients, aperture_stop=True))
    angle = (s["pitch"] / focal_length * u.radian).to(u.arcsec) / u.pixel
    system.add_detector(pixelscale=angle, fov_pixels=s["pixels"], oversample=1)
    image = system.calc_psf(wavelength=s["wavelength"])[0].data
    return image[::-1, ::-1]


# ---- prysm: millimetres and micrometres ----


def coma(s):
    samples, diameter = 1024, 10.0
    x, y = prysm.coordinates.make_xy_grid(samples, diameter=diameter * 1.01)
    r, t = prysm.coordinates.cart_to_polar(x, y)
    r = r / (diameter / 2)
    opd = sum(c * prysm.polynomials.zernike_nm(*NOLL[j], r, t, norm=True) for j, c in noll(s).items())
    pupil = prysm.geometry.circle(1.0, r) * np.exp(2j * np.pi * opd / s["wavelength"])
    focal_length = diameter / 2 / s["numericalAperture"]
    field = prysm.propagation.focus_fixed_sampling(
        pupil, diameter * 1.01 / samples, focal_length, 1e6 * s["wavelength"], 1e6 * s["pitch"], s["pixels"]
    )
    return np.abs(field) ** 2


def beam(s):
    return prysm_propagated(s, gaussian(s))


def lens_by_prysm(s):
    x = axis(s["samples"], s["pitch"])
    r2 = x[None, :] ** 2 + x[:, None] ** 2
    return prysm_propagated(s, gaussian(s) * np.exp(-1j * np.pi * r2 / (s["wavelength"] * s["focalLength"])))


def prysm_propagated(s, amplitude):
    field = prysm.propagation.angular_spectrum(
        amplitude.astype(complex), 1e6 * s["wavelength"], 1e3 * s["pitch"], 1e3 * s["distance"], Q=2
    )
    n, m = s["samples"], field.shape[0]
    start = m // 2 - n // 2
    return np.abs(field[start : start + n, start : start + n]) ** 2


# ---- Chromatix: JAX, single precision ----


def chromatix_field(s):
    amplitude = gaussian(s)
    return cf.generic_field(s["pitch"], s["wavelength"], amplitude, np.zeros_like(amplitude), power=None)


def intensity(field):
    return np.squeeze(np.asarray(field.intensity, dtype=np.float64))


def free_space(s):
    return intensity(cf.asm_propagate(chromatix_field(s), s["distance"], 1.0, pad_width=s["samples"] // 2, mode="same"))


def lens(s):
    field = cf.thin_lens(chromatix_field(s), s["focalLength"], 1.0)
    return intensity(cf.asm_propagate(field, s["distance"], 1.0, pad_width=s["samples"] // 2, mode="same"))


def fourier_plane(s):
    return intensity(cf.ff_lens(chromatix_field(s), s["focalLength"], 1.0))


def relay(s):
    return intensity(cf.ff_lens(cf.ff_lens(chromatix_field(s), s["focalLength"], 1.0), s["focalLength"], 1.0))


def fresnel_transfer(s):
    return intensity(
        cf.transfer_propagate(chromatix_field(s), s["distance"], 1.0, pad_width=s["samples"] // 2, mode="same")
    )


def single_transform(s):
    return intensity(cf.transform_propagate(chromatix_field(s), s["distance"], 1.0, pad_width=0))


def scalable(s):
    return intensity(cf.transform_propagate_sas(chromatix_field(s), s["distance"], 1.0))


def scalable_by_formula(s):
    """The Gaussian beam in closed form, on the samples of the scalable angular spectrum."""
    x = axis(s["samples"], s["wavelength"] * s["distance"] / (2 * s["samples"] * s["pitch"]))
    rayleigh_range = np.pi * s["waist"] ** 2 / s["wavelength"]
    width = s["waist"] * np.hypot(1, s["distance"] / rayleigh_range)
    return np.exp(-2 * ((x[None, :] - s["x"]) ** 2 + (x[:, None] - s["y"]) ** 2) / width**2)


SYSTEMS = {
    "airy": airy,
    "aberrations": aberrations,
    "spectrum": spectrum,
    "starTest": star_test,
    "coma": coma,
    "freeSpace": free_space,
    "lens": lens,
    "fourierPlane": fourier_plane,
    "relay": relay,
    "beam": beam,
    "diffraction": diffraction,
    "fresnelTransfer": fresnel_transfer,
    "singleTransform": single_transform,
    "scalable": scalable,
    "telescope": telescope,
    "polarimeter": polarimeter,
    # The same systems by a third program, where the second differs more than its own resolution.
    "starTestByHcipy": aberrations,
    "comaByHcipy": aberrations,
    "freeSpaceByPrysm": beam,
    "lensByPrysm": lens_by_prysm,
    "diffractionByPrysm": beam,
    "scalableByFormula": scalable_by_formula,
}


def cropped(image, size=64):
    """The middle of the image, keeping sample floor(N/2) at the middle."""
    n = image.shape[0]
    if n <= size:
        return image
    start = n // 2 - size // 2
    return image[start : start + size, start : start + size]


def main():
    systems = json.load(sys.stdin)
    answers = {}
    for name, system in systems.items():
        image = cropped(SYSTEMS[name](system))
        scale = gaussian(system).max() ** 2 if name == "polarimeter" else image.max()
        image = np.ascontiguousarray(image / scale, dtype=np.float32)
        answers[name] = {"shape": list(image.shape), "image": base64.b64encode(image.tobytes()).decode()}
    versions = {name: importlib.metadata.version(name) for name in ("chromatix", "hcipy", "poppy", "prysm", "jax", "numpy")}
    json.dump({"versions": versions, "answers": answers}, sys.stdout)


main()
