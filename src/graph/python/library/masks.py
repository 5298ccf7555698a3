def open_share(inside):
    """Share of a sample that an edge leaves open; inside: distance to the edge in samples."""
    beyond = 0.5 - np.abs(inside)
    near = np.maximum(beyond, 0) + (0.1 - np.minimum(np.abs(beyond), 0.1)) ** 3 / (6 * 0.01)
    rest = np.where(beyond <= -0.1, 0, np.where(beyond >= 0.1, beyond, near))
    return np.where(inside > 0, 1 - rest, rest)


def band(x, half, width):
    """Open where |x| < half."""
    return open_share((x + half) / width) - open_share((x - half) / width)


def mask_frame(light, x, y, rotation):
    """Coordinates of a mask's own axes at the samples, and the width of an edge."""
    n = light.u.shape[-1]
    dx, dy = axis(n)[None, :] * light.pitch - x, axis(n)[:, None] * light.pitch - y
    c, s = np.cos(rotation), np.sin(rotation)
    return dx * c + dy * s, dy * c - dx * s


def through_aperture(light, shape, inverse, softness, x, y, rotation, **size):
    """Openings: disc, annulus, rectangle, polygon, slits, spider, knifeEdge."""
    x, y = mask_frame(light, x, y, rotation)
    width, r = np.hypot(light.pitch, softness), np.hypot(x, y)

    def ring():
        inner = min(size["inner_diameter"], size["diameter"]) / 2
        closed = open_share((inner - r) / width) if inner > 0 else 0
        return open_share((size["diameter"] / 2 - r) / width) - closed

    if shape == "disc":
        share = open_share((size["diameter"] / 2 - r) / width)
    elif shape == "annulus":
        share = ring()
    elif shape == "rectangle":
        share = band(x, size["width"] / 2, width) * band(y, size["height"] / 2, width)
    elif shape == "polygon":
        share, sides = 1.0, size["sides"]
        for side in range(sides):
            angle = (2 * side + 1) * np.pi / sides
            apothem = size["diameter"] / 2 * np.cos(np.pi / sides)
            share = share * open_share((apothem - x * np.cos(angle) - y * np.sin(angle)) / width)
    elif shape == "slits":
        count = size["slits"]
        at = [(slit - (count - 1) / 2) * size["spacing"] for slit in range(count)]
        share = np.minimum(1, sum(band(x - place, size["slit_width"] / 2, width) for place in at))
        share = share * band(y, size["height"] / 2, width)
    elif shape == "spider":
        share = ring()
        for arm in range(size["arms"]):
            c, s = np.cos(2 * np.pi * arm / size["arms"]), np.sin(2 * np.pi * arm / size["arms"])
            share = share * (1 - open_share((x * c + y * s) / width) * band(y * c - x * s, size["arm_width"] / 2, width))
    else:
        share = open_share(x / width)
    return behind(light, 1 - share if inverse else share)


def through_grating(light, profile, period, depth, duty, contrast, levels, crossed, x, y, rotation):
    """Bars, sines and blazes; depth: phase in rad of a sine, of ridges, or of a blaze over a period."""
    width = light.pitch

    def across(x):
        turn = 2 * np.pi * x / period
        if profile == "sineAmplitude":
            return 0.5 * (1 + contrast * np.cos(turn))
        if profile == "sinePhase":
            return np.exp(1j * depth * np.cos(turn))
        if profile == "blazed" and levels > 0:
            step = np.round(x * levels / period)
            share = open_share((x * levels / period - step) * period / levels / width)
            phase = lambda s: depth * np.mod(s, levels) / levels
            return share * np.exp(1j * phase(step)) + (1 - share) * np.exp(1j * phase(step - 1))
        if profile == "blazed":
            part = x / period - np.round(x / period)
            share = open_share(part * period / width)
            return share * np.exp(1j * depth * part) + (1 - share) * np.exp(1j * depth * (part + 1))
        near = x - period * np.round(x / period)
        ridge = np.minimum(1, sum(band(near - beside * period, duty * period / 2, width) for beside in (-1, 0, 1)))
        return ridge if profile == "binaryAmplitude" else ridge * np.exp(1j * depth) + 1 - ridge

    along, beside = mask_frame(light, x, y, rotation)
    return behind(light, across(along) * across(beside) if crossed else across(along))


def through_spiral(light, charge, twist, twist_radius, x, y, rotation):
    """A phase that winds about the axis; dark where all phases meet."""
    x, y = mask_frame(light, x, y, rotation)
    width, theta = light.pitch, np.arctan2(y, x)
    turns = charge + twist * (x * x + y * y) / twist_radius**2
    above = np.exp(1j * turns * np.where(y >= 0, theta, theta + 2 * np.pi))
    below = np.exp(1j * turns * np.where(y >= 0, theta - 2 * np.pi, theta))
    share = open_share(y / width)
    is_step = (x < 0) & (np.abs(y) < width / 2)
    wound = np.where(is_step, share * above + (1 - share) * below, np.exp(1j * turns * theta))
    return behind(light, open_share(2 * np.hypot(x, y) / width - 0.6) * wound)
