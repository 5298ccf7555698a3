/** The image of a point at any place, computed by a design itself, and the spline through many of them. */
import { registry } from '../../graph/catalogue.ts';
import { compile, type Plan } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { PointProblem, pointDesign } from '../../graph/pointDesign.ts';
import { validate } from '../../graph/validate.ts';
import { countsPerQuantum } from '../../optics/detection/sensor.ts';
import type { HostImage } from '../../optics/element.ts';
import type { PsfSamples } from '../../optics/localisation/psfSpline.ts';
import type { Ops } from '../../optics/ops/ops.ts';
import type { NoiseModel } from '../../optics/values.ts';

export class PointImages {
  /** Distance between pixels in the object, metres. */
  readonly pitch: number;
  readonly pixels: number;
  readonly noise: NoiseModel;
  private readonly runner: GraphRunner;
  private readonly plan: Plan;
  private readonly emitter: string;
  private readonly camera: string;

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
    this.noise = noise;
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

  release(): void {
    this.runner.forgetAll();
  }

  private run(x: number, y: number, z: number) {
    const values = new Map([
      [`${this.emitter}.x`, x],
      [`${this.emitter}.y`, y],
      [`${this.emitter}.z`, z],
    ]);
    const results = this.runner.run(this.plan, { ...NO_OVERRIDES, values }, 'value', new Set([this.camera]));
    for (const { issues } of results.values()) {
      const problem = issues.find(({ severity }) => severity === 'error');
      if (problem !== undefined) throw new PointProblem(`${problem.message} ${problem.fix ?? ''}`.trim());
    }
    const image = results.get(this.camera)?.outputs['out'];
    if (image?.kind !== 'image') throw new PointProblem('The camera shows no image of the point.');
    return image;
  }
}
