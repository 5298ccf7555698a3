@dataclass
class Field:
    """Light on a plane: u[modes, rows, columns] (modes do not interfere), |u|^2 in W/m^2."""

    u: np.ndarray
    pitch: float  # between samples, m
    wavelength: float  # in vacuum, m
    index: float  # of the medium
    polarization: float  # angle from +x towards +y, rad
    sphere: float | None = None  # phase pi * sphere * (j^2 + k^2) that the samples ride on


@dataclass
class Pupil:
    """Converging light: p[modes, planes, components, N, N] on the disc rho <= 1 of radius (N - 2) / 2 samples."""

    p: np.ndarray
    aperture: float  # numerical aperture
    wavelength: float
    index: float
    polarization: float
    unit: str  # "W", or "photons" of which p holds one
    photons: object = 1.0  # in each plane: a number or a list

    @property
    def radius(self):
        return (self.p.shape[-1] - 2) / 2


def axis(n):
    """Sample numbers from the origin, which is sample floor(n / 2)."""
    return np.arange(n) - n // 2


def resized(a, rows, columns):
    """Cuts or pads with zeros about the origin."""
    out = np.zeros((*a.shape[:-2], rows, columns), a.dtype)
    ny, nx = a.shape[-2:]
    y, x = axis(ny) + rows // 2, axis(nx) + columns // 2
    rows_in, columns_in = (y >= 0) & (y < rows), (x >= 0) & (x < columns)
    out[..., y[rows_in][:, None], x[columns_in]] = a[..., rows_in, :][..., columns_in]
    return out


def transform(a, sign):
    """Sum of a[m] exp(sign 2 pi i j m / n) over rows and columns, origins in the middle."""
    turn = np.fft.fft2 if sign < 0 else lambda b: np.fft.ifft2(b, norm="forward")
    return np.fft.fftshift(turn(np.fft.ifftshift(a, axes=(-2, -1))), axes=(-2, -1))


def zoomed(a, step, rows, columns, sign):
    """Sum of a[m, n] exp(sign 2 pi i step (j m + k n)) at any step and window (Soummer et al. 2007)."""
    ny, nx = a.shape[-2:]
    left = np.exp(sign * 2j * np.pi * step * np.outer(axis(rows), axis(ny)))
    right = np.exp(sign * 2j * np.pi * step * np.outer(axis(nx), axis(columns)))
    return left @ a @ right


def open_quadrant(x0, x1, y0, y1, r):
    """Area of the disc of radius r about the origin in [x0, x1] x [y0, y1], all >= 0."""
    full = np.sqrt(np.maximum(r * r - y1 * y1, 0))
    empty = np.sqrt(np.maximum(r * r - y0 * y0, 0))
    a = np.clip(np.where(y1 < r, full, 0), x0, x1)
    b = np.clip(np.where(y0 < r, empty, 0), a, x1)

    def under(x):
        x = np.minimum(x, r)
        return 0.5 * (x * np.sqrt(r * r - x * x) + r * r * np.arcsin(x / r))

    return (a - x0) * (y1 - y0) + under(b) - under(a) - y0 * (b - a)


def disc(n, radius, middle=0.0):
    """Share of each sample's cell within a disc, by exact areas; middle: of the disc from the origin, in samples."""
    if radius <= 0:
        return np.zeros((n, n))
    low, high = axis(n) - middle - 0.5, axis(n) - middle + 0.5
    parts = [(np.maximum(low, 0), np.maximum(high, 0)), (np.maximum(-high, 0), np.maximum(-low, 0))]
    area = sum(
        open_quadrant(x0[None, :], x1[None, :], y0[:, None], y1[:, None], radius)
        for x0, x1 in parts
        for y0, y1 in parts
    )
    return np.clip(area, 0, 1)


def zernike(j, x, y):
    """Zernike polynomial of Noll's index j, of unit RMS over the disc (Noll 1976)."""
    n = int(np.ceil((np.sqrt(8 * j + 1) - 3) / 2))
    k = j - n * (n + 1) // 2
    m = 2 * (k // 2) if n % 2 == 0 else 2 * ((k - 1) // 2) + 1
    r, theta = np.hypot(x, y), np.arctan2(y, x)
    radial = sum(
        (-1) ** s
        * factorial(n - s)
        // (factorial(s) * factorial((n + m) // 2 - s) * factorial((n - m) // 2 - s))
        * r ** (n - 2 * s)
        for s in range((n - m) // 2 + 1)
    )
    if m == 0:
        return np.sqrt(n + 1) * radial
    return np.sqrt(2 * (n + 1)) * radial * (np.cos(m * theta) if j % 2 == 0 else np.sin(m * theta))
