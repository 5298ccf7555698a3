/** What masks share: where they sit, how they are turned, at which wavelength their phase is as given. */
import type { QuantityParam } from '../../element.ts';
import type { Complex, Ops, Tensor } from '../../ops/ops.ts';
import { constantScalar, divideScalars, type Scalar } from '../../ops/scalar.ts';
import { direction, quantityFamily } from '../../quantityFamily.ts';
import type { MapArgument } from '../../sampledGrid.ts';
import type { Field } from '../../values.ts';

const centre = (title: string, axis: string): QuantityParam => ({
  kind: 'quantity',
  quantity: 'length',
  title,
  doc: `Where the centre of the mask lies, ${axis}.`,
  default: 0,
  min: -1,
  max: 1,
  soft: [-0.3e-3, 0.3e-3],
  display: 'µm',
  scale: 'linear',
  learnable: true,
  step: 2e-6,
});

/** Lateral place of a mask. */
export const centreParams = { x: centre('Centre x', '+x right'), y: centre('Centre y', '+y down the rows') };

export const rotation = direction(
  'Rotation',
  'Turns the mask about its centre, from +x towards +y (clockwise as seen).',
  { soft: [-Math.PI, Math.PI], step: 0.02 },
);

export const designWavelength: QuantityParam = {
  kind: 'quantity',
  quantity: 'length',
  title: 'Design wavelength',
  doc: 'Vacuum wavelength at which the phase is as given; at others it scales as λ₀/λ, as a surface relief does. 0: the same phase at every wavelength.',
  default: 0,
  min: 0,
  max: 1e-3,
  soft: [0, 1000e-9],
  display: 'nm',
  scale: 'linear',
  learnable: false,
  step: 1e-9,
};

const anyLength = quantityFamily({ quantity: 'length', min: 0, max: 10, display: 'µm', step: 2e-6 });

/** A length of a mask that light is changed by: an opening, a period. */
export const maskLength: typeof anyLength = (title, doc, own) =>
  anyLength(title, doc, { min: own.soft[0] > 0 ? 1e-9 : 0, ...own });

/** λ₀/λ, or 1 where no design wavelength is given. */
export function phaseRatio(light: Field, designed: Scalar): Scalar {
  return designed.value > 0 ? divideScalars(designed, light.wavelength) : constantScalar(1);
}

/** Differences move an edge by less than a ten-thousandth of a sample: hardly any sample has a corner within. */
const EDGE_SCALE = 0.05;

/** An argument of a map whose edges move with it: differences move it a little. */
export function edgeArgument(scalar: Scalar, light: Field): MapArgument {
  return { scalar, scale: EDGE_SCALE * light.pitch.value };
}

/** An angle about the centre of a map: moves the outermost edges by no more than `edgeArgument` does. */
export function angleArgument(scalar: Scalar, samples: number): MapArgument {
  return { scalar, scale: (2 * EDGE_SCALE) / samples };
}

/** Light behind a mask: the samples times its transmission. */
export function behindMask(ops: Ops, light: Field, transmission: Tensor): Field {
  const samples: Complex = ops.multiply(light.samples, transmission);
  return { ...light, samples, planeWaves: null };
}

/** An angle of a mask: a phase, a deflection. */
export const maskAngle = quantityFamily({
  quantity: 'angle',
  min: -1e3,
  max: 1e3,
  display: 'rad',
  scale: 'linear',
  step: 0.05,
});

/** A pure number of a mask: a share, a contrast, a charge. */
export const maskNumber = quantityFamily({
  quantity: 'dimensionless',
  min: 0,
  max: 1,
  display: '',
  scale: 'linear',
  step: 0.02,
});

/** Coordinates from (x0, y0) along axes turned by `angle`. */
export function localFrame(x0: number, y0: number, angle: number) {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return (x: number, y: number): readonly [number, number] => {
    const [dx, dy] = [x - x0, y - y0];
    return [dx * cosine + dy * sine, dy * cosine - dx * sine];
  };
}
