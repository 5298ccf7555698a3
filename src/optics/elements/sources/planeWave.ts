import type { ElementSpec, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerPitch, firstFix, flatterTilts, setValue } from '../../fixes.ts';
import { cosine, sine } from '../../jones.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { addScalars, divideScalars, mapScalar, multiplyScalars, subtractScalars } from '../../ops/scalar.ts';
import { AXIAL } from '../../planeWaves.ts';
import { ElementProblem } from '../../problem.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { complexMap } from '../../sampledGrid.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

const tilt = (title: string, axis: string) =>
  ({
    kind: 'quantity',
    quantity: 'angle',
    title,
    doc: `Angle of travel against the axis, towards ${axis}.`,
    default: 0,
    min: -1.5,
    max: 1.5,
    soft: [-0.05, 0.05],
    display: 'mrad',
    scale: 'linear',
    learnable: true,
    step: 1e-3,
  }) as const;

/**
 * Ex, Ey, Ez of unit length: the polarisation of axial light, (cos ψ, sin ψ, 0), turned with the direction of travel s
 * about the axis across both: e - (e·s) (s + z) / (1 + s_z), which is at right angles to s.
 */
function turnedPolarisation(angle: Scalar, sx: Scalar, sy: Scalar): readonly [Scalar, Scalar, Scalar] {
  const [ex, ey] = [cosine(angle), sine(angle)];
  const lateral = addScalars(multiplyScalars(sx, sx), multiplyScalars(sy, sy));
  const axial = mapScalar(
    lateral,
    (s2) => Math.sqrt(1 - s2),
    (s2) => -0.5 / Math.sqrt(1 - s2),
  );
  const along = addScalars(multiplyScalars(ex, sx), multiplyScalars(ey, sy));
  const share = divideScalars(along, addScalars(axial, 1));
  return [
    subtractScalars(ex, multiplyScalars(share, sx)),
    subtractScalars(ey, multiplyScalars(share, sy)),
    multiplyScalars(along, -1),
  ];
}

/**
 * Tilted plane wave of unit amplitude: exp(i k (x sin a + y sin b)).
 * Validity: the phase step per sample must stay below π.
 */
function tiltedWave(
  ops: Ops,
  n: number,
  pitch: number,
  light: { wavelength: Scalar; refractiveIndex: Scalar },
  angles: { x: Scalar; y: Scalar },
): Complex {
  const scalars = [light.wavelength, light.refractiveIndex, angles.x, angles.y];
  return complexMap(ops, [n, n], pitch, scalars, ([lambda = 1, index = 1, ax = 0, ay = 0]) => {
    const k = (2 * Math.PI * index) / lambda;
    const [sx, sy, cx, cy] = [Math.sin(ax), Math.sin(ay), Math.cos(ax), Math.cos(ay)];
    return (x, y, out) => {
      const phase = k * (x * sx + y * sy);
      out.re = Math.cos(phase);
      out.im = Math.sin(phase);
      const slopes = [-phase / lambda, phase / index, k * x * cx, k * y * cy];
      slopes.forEach((slope, s) => {
        out.partials[2 * s] = -slope * out.im;
        out.partials[2 * s + 1] = slope * out.re;
      });
    };
  });
}

export const planeWave: ElementSpec = defineElement({
  type: 'planeWave',
  version: 1,
  category: 'sources',
  title: 'Plane wave',
  summary: 'Collimated light of even brightness, like a star or an expanded laser beam.',
  keywords: ['laser', 'collimated', 'star', 'illumination', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power through the circle inscribed in the grid (which is what fills a pupil).' },
    field: {
      kind: 'choice',
      title: 'Field',
      doc: 'Scalar light keeps one polarisation however it is tilted, and leaves out the Ez that a tilt brings (its share is the squared sine of the tilt along the polarisation). Vector light turns Ex, Ey, Ez with the direction of travel; without tilt it is Ex, Ey.',
      default: 'scalar',
      options: [
        { value: 'scalar', title: 'Scalar' },
        { value: 'vector', title: 'Vector (Ex, Ey, Ez)' },
      ],
    },
    tiltX: tilt('Tilt x', '+x'),
    tiltY: tilt('Tilt y', '+y'),
  },
  power: 'creates',
  followsWindow: () => 'power',
  linearIn: null,
  equation:
    'u(x, y) = sqrt(P / π R²) exp[i k (x sin α + y sin β)] (times the polarisation at right angles to the travel)',
  references: ['Goodman, Introduction to Fourier Optics: plane waves and direction cosines'],
  sampling: (_inputs, params, grid) => {
    const sine = Math.max(Math.abs(Math.sin(params.tiltX.value)), Math.abs(Math.sin(params.tiltY.value)));
    const step = (2 * params.refractiveIndex.value * sine * grid.pitch) / params.wavelength.value;
    const notes: SamplingNote[] = [];
    const angle = params.polarizationAngle.value;
    const along = Math.abs(
      Math.cos(angle) * Math.sin(params.tiltX.value) + Math.sin(angle) * Math.sin(params.tiltY.value),
    );
    if (params.field === 'scalar' && along > 0.3) {
      notes.push({
        severity: 'warning',
        message: `Of light polarised along so steep a tilt, ${(100 * along * along).toFixed(0)} % oscillates along the axis, which a scalar field leaves out.`,
        fix: 'Choose a vector field, or polarise across the tilt.',
        apply: setValue('field', 'vector', 'Use a vector field'),
      });
    }
    if (step < 1) return notes;
    return [
      ...notes,
      {
        severity: 'warning',
        message: `The tilt turns the phase by ${step.toFixed(2)} π per sample: the wave is aliased.`,
        fix: 'Reduce the tilt or the grid pitch. Spheres do not mind: they take the direction, not the samples.',
        ...firstFix(finerPitch(grid, grid.pitch / step), flatterTilts(params, sine / step)),
      },
    ];
  },
  forward: (_inputs, params, { ops, grid }) => {
    const radius = pupilGrid(grid.samples).radius * grid.pitch;
    const [sx, sy] = [sine(params.tiltX), sine(params.tiltY)];
    if (Math.hypot(sx.value, sy.value) >= 1) {
      throw new ElementProblem(
        'No wave travels that far to both sides: its direction would leave the half space.',
        'Reduce one of the tilts.',
      );
    }
    const isAxial =
      params.tiltX.value === 0 &&
      params.tiltY.value === 0 &&
      params.tiltX.partials.size + params.tiltY.partials.size === 0;
    const isVector = params.field === 'vector';
    const n = grid.samples;
    const wave = isAxial
      ? ops.constant(`planeWave:${n}`, [n, n], 'complex', () => {
          const ones = new Float64Array(2 * n * n);
          for (let i = 0; i < ones.length; i += 2) ones[i] = 1;
          return ones;
        })
      : tiltedWave(ops, n, grid.pitch, params, { x: params.tiltX, y: params.tiltY });
    const even = ops.scale(wave, 1 / (Math.sqrt(Math.PI) * radius));
    // Along the axis Ez is zero whatever the polarisation: Ex, Ey say it all, and polarisers take them.
    const direction = turnedPolarisation(params.polarizationAngle, sx, sy).slice(0, isAxial ? 2 : 3);
    const unit = isVector ? ops.multiply(ops.fromScalars(direction, [direction.length, 1, 1]), even) : even;
    const light = emittedField(ops, unit, isVector ? ['component'] : [], params, grid);
    const index = params.refractiveIndex;
    const travel = { x: multiplyScalars(index, sx), y: multiplyScalars(index, sy) };
    return { out: { ...light, planeWaves: isAxial ? AXIAL : [{ ...travel, amplitude: 1 }] } };
  },
});
