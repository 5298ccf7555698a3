/** The image of a point at any place, computed by a design itself, and the spline through many of them. */
import { registry } from '../../graph/catalogue.ts';
import { compile, type Plan } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { GraphRunner, NO_OVERRIDES, type RunResult } from '../../graph/execute.ts';
import { PointProblem, pointDesign } from '../../graph/pointDesign.ts';
import { validate } from '../../graph/validate.ts';
import { countsPerQuantum } from '../../optics/detection/sensor.ts';
import type { HostImage } from '../../optics/element.ts';
import type { PsfSamples } from '../../optics/localisation/psfSpline.ts';
import type { Ops } from '../../optics/ops/ops.ts';
import type { Image, NoiseModel } from '../../optics/values.ts';

export class PointImages {
  /** Distance between pixels in the object, metres. */
  readonly pitch: number;
  readonly pixels: number;
  /** Of the camera; its offset is that of the design, which the images are without. */
  readonly noise: NoiseModel;
  private readonly runner: GraphRunner;
  private readonly plan: Plan;
  private readonly emitter: string;
  /** Id of the camera that sees the point. */
  readonly camera: string;

  /**
   * @param pixels along x and y of the images
   * @param images host images of the design by id
   * @throws PointProblem where the design shows no point
   */
  constructor(ops: Ops, design: Design, pixels: number, images: (id: string) => HostImage | null) {
    const point = pointDesign(design, registry, pixels);
    const [error] = validate(point.design, registry).filter(({ severity }) => severity === 'error');
    if (error !== undefined) throw new PointProblem(`${error.message} ${error.fix ?? ''}`.trim());
    this.plan = compile(point.design, registry);
    this.runner = new GraphRunner(ops, images);
    this.emitter = point.emitter;
    this.camera = point.camera;
    this.pixels = pixels;
    const { pitch, noise } = this.run(0, 0, 0);
    if (noise === null || !(pitch.value > 0)) throw new PointProblem('The camera does not count light.');
    this.pitch = pitch.value;
    this.noise = { ...noise, offset: point.offset };
  }

  /**
   * Share of one photon in each pixel, in quanta of the camera's noise (`countsPerQuantum`), [pixels, pixels].
   * @param x, y, z of the point, metres from the middle pixel and from focus
   */
  async at(x: number, y: number, z: number): Promise<Float64Array> {
    const image = this.run(x, y, z);
    const [samples = []] = await this.runner.ops.read([image.samples]);
    const quantum = countsPerQuantum(this.noise);
    return Float64Array.from(samples, (value) => value / quantum);
  }

  /** Images of points at fractions of a pixel and at every depth. */
  async samples(fine: number, zStart: number, zStep: number, planes: number): Promise<PsfSamples> {
    const { pixels } = this;
    const side = pixels * fine;
    const data = new Float64Array(planes * side * side);
    for (let plane = 0; plane < planes; plane++) {
      for (let offset = 0; offset < fine * fine; offset++) {
        const [oy, ox] = [Math.floor(offset / fine), offset % fine];
        const image = await this.at(
          (-ox / fine) * this.pitch,
          (-oy / fine) * this.pitch,
          zStart + plane * zStep,
        );
        for (let i = 0; i < image.length; i++) {
          const row = Math.floor(i / pixels) * fine + oy;
          const column = (i % pixels) * fine + ox;
          data[(plane * side + row) * side + column] = image[i] as number;
        }
      }
    }
    return { data, planes, pixels, fine, zStart, zStep };
  }

  /**
   * Samples per pixel and distance of planes that hold the image of a point: twice as fine as its finest detail asks
   * for across, λ/4NA, and seven to its shortest period along, λ/(n - sqrt(n² - NA²)); a spline through them is then
   * wrong by less than a hundredth of an error. Where the camera sees no pupil, what suits the highest apertures.
   */
  sampling(): { readonly fine: number; readonly zStep: number } {
    const from = this.plan.order.find(({ node }) => node.id === this.camera)?.inputs.get('in');
    const light = from === undefined ? undefined : this.results(0, 0, 0).get(from.node)?.outputs[from.port];
    const pupils = (light?.kind === 'polychromatic' ? light.channels : [light]).flatMap((each) =>
      each?.kind === 'pupil' ? [each] : [],
    );
    const [pupil] = pupils;
    if (pupil === undefined) return { fine: 3, zStep: 50e-9 };
    const wavelength = Math.min(...pupils.map((each) => each.wavelength.value));
    const [aperture, index] = [pupil.numericalAperture.value, pupil.refractiveIndex.value];
    const across = wavelength / (4 * aperture);
    const along = wavelength / (index - Math.sqrt(Math.max(0, index ** 2 - aperture ** 2)));
    return { fine: Math.max(1, Math.ceil((2 * this.pitch) / across)), zStep: along / 7 };
  }

  release(): void {
    this.runner.forgetAll();
  }

  private run(x: number, y: number, z: number): Image {
    const results = this.results(x, y, z);
    for (const { issues } of results.values()) {
      const problem = issues.find(({ severity }) => severity === 'error');
      if (problem !== undefined) throw new PointProblem(`${problem.message} ${problem.fix ?? ''}`.trim());
    }
    const image = results.get(this.camera)?.outputs['out'];
    if (image?.kind !== 'image') throw new PointProblem('The camera shows no image of the point.');
    return image;
  }

  private results(x: number, y: number, z: number): RunResult {
    const values = new Map([
      [`${this.emitter}.x`, x],
      [`${this.emitter}.y`, y],
      [`${this.emitter}.z`, z],
    ]);
    return this.runner.run(this.plan, { ...NO_OVERRIDES, values }, 'value', new Set([this.camera]));
  }
}
