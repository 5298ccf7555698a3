/** Parameters by which a target moves its image. */
import type { QuantityParam } from '../../element.ts';
import { FLIPS, type Registration, TURNS } from '../../maths/registration.ts';

const shift = (title: string, doc: string): QuantityParam => ({
  kind: 'quantity',
  quantity: 'pixels',
  title,
  doc,
  default: 0,
  min: -1e5,
  max: 1e5,
  soft: [-50, 50],
  display: 'px',
  scale: 'linear',
  learnable: false,
  step: 0.1,
});

export const registrationParams = {
  flip: {
    kind: 'choice',
    title: 'Flip',
    doc: 'Mirrors the image, as a camera behind a mirror sees it; comes before the turn.',
    default: 'none',
    options: [
      { value: 'none', title: 'No' },
      { value: 'x', title: 'Left to right' },
      { value: 'y', title: 'Top to bottom' },
      { value: 'xy', title: 'Both' },
    ],
  },
  turn: {
    kind: 'choice',
    title: 'Quarter turns',
    doc: 'Turns the image clockwise (from +x to +y) without interpolation.',
    default: '0',
    options: [
      { value: '0', title: 'None' },
      { value: '90', title: '90°' },
      { value: '180', title: '180°' },
      { value: '270', title: '270°' },
    ],
  },
  angle: {
    kind: 'quantity',
    quantity: 'angle',
    title: 'Turn by',
    doc: 'Any other turn about the middle of the picture, clockwise (from +x to +y); pixels are interpolated (cubic) then.',
    default: 0,
    min: -Math.PI,
    max: Math.PI,
    soft: [-0.2, 0.2],
    display: '°',
    scale: 'linear',
    learnable: false,
    step: 1e-3,
  },
  scale: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Scale',
    doc: 'Above 1 the image becomes larger, about the middle of the picture; interpolated, and averaged where it becomes smaller.',
    default: 1,
    min: 0.05,
    max: 20,
    soft: [0.5, 2],
    display: '',
    scale: 'log',
    learnable: false,
    step: 1e-3,
  },
  shiftX: shift(
    'Shift right',
    'To the right, in pixels of the model’s camera; parts of pixels are interpolated. What comes from outside the image does not count.',
  ),
  shiftY: shift('Shift down', 'The same down the rows.'),
} as const;

interface Values {
  readonly flip: string;
  readonly turn: string;
  readonly angle: { readonly value: number };
  readonly scale: { readonly value: number };
  readonly shiftX: { readonly value: number };
  readonly shiftY: { readonly value: number };
}

export function registrationOf({ flip, turn, angle, scale, shiftX, shiftY }: Values): Registration {
  return {
    flip: FLIPS.find((each) => each === flip) ?? 'none',
    turn: TURNS.find((each) => each === turn) ?? '0',
    angle: angle.value,
    scale: scale.value,
    shiftX: shiftX.value,
    shiftY: shiftY.value,
  };
}
