import { describe, expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import type { Design, DesignImage } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { setLink } from '../graph/expressions/editLinks.ts';
import { encodeFloat32 } from '../graph/imageData.ts';
import { setAt } from '../graph/paths.ts';
import { createDesign, node } from '../graph/testSupport.ts';
import type { HostImage } from '../optics/element.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { HostImages } from './hostImages.ts';
import { smallHologram, smallStack } from './testDesigns.ts';

function createImages() {
  const ops = new Ops(createFloat64Kernels());
  const images = new HostImages(ops, registry);
  const resolve = async (design: Design, id = 'simulated'): Promise<HostImage> => {
    await images.resolve(design);
    const image = images.get(id);
    if (image === null) throw new Error('There is no such image.');
    return image;
  };
  return { ops, images, resolve };
}

const measured = (values: readonly number[], saturationLevel: number | null): DesignImage => ({
  kind: 'measured',
  name: 'data.tif',
  shape: [2, values.length / 2],
  data: encodeFloat32(Float32Array.from(values)),
  saturationLevel,
});

const withImage = (image: DesignImage): Design => ({ ...smallHologram(), images: { data: image } });

describe('a simulated target', () => {
  it('does not follow the values of the model', async () => {
    const { resolve } = createImages();
    const design = smallHologram({ truth: { 'camera.readNoise': 0.01 }, seed: 1 });
    const image = await resolve(design);
    const changed = setAll(design, registry, {
      'sphere.x': -1e-6,
      'sphere.radius': 0.9e-6,
      'sphere.extinctionCoefficient': 0.3,
      'source.wavelength': 600e-9,
      'pupil.numericalAperture': 0.5,
      // Numbers that the truth does not name are at their defaults there.
      'interference.scatteredAmplitude': 0.2,
      'pupil.zernike.11': 50e-9,
      'camera.background': 3,
      'camera.rows': 20,
    });
    expect(await resolve(changed)).toBe(image);
    expect(image.shape).toEqual([48, 48]);
  });

  it('does not change when values of the model follow others', async () => {
    const { resolve } = createImages();
    const design = smallHologram({ truth: { 'sphere.x': 1e-6, 'source.wavelength': 500e-9 } });
    const image = await resolve(design);
    const named = setLink(design, registry, 'sphere.x', '2 lambda');
    // Neither a term that is 0 nor an offset at its default is named by the truth.
    const term = setLink(named, registry, 'pupil.zernike.5', '0.1*source.wavelength');
    expect(await resolve(setLink(term, registry, 'camera.offset', '1e6*sphere.x/(1 m)'))).toBe(image);
  });

  it('is the image of the design at the truth', async () => {
    const { resolve } = createImages();
    const [image, other] = [
      await resolve(smallHologram()),
      await resolve(smallHologram({ truth: { 'sphere.x': 0 } })),
    ];
    expect(other.key).not.toBe(image.key);
    // The brighter half moves with the sphere, by three pixels of 0.1 µm: compare with the shifted image.
    let [same, shifted] = [0, 0];
    for (let y = 4; y < 44; y++) {
      for (let x = 4; x < 40; x++) {
        same += Math.abs((image.data[y * 48 + x] ?? 0) - (other.data[y * 48 + x] ?? 0));
        shifted += Math.abs((image.data[y * 48 + x + 3] ?? 0) - (other.data[y * 48 + x] ?? 0));
      }
    }
    expect(same).toBeGreaterThan(10);
    // A shift by whole pixels is exact up to float64 rounding, since the image is a continuous function sampled.
    expect(shifted / same).toBeLessThan(1e-8);
  });

  it('has the noise of its seed', async () => {
    const { resolve } = createImages();
    const truth = { 'camera.readNoise': 0.05 };
    const clean = await resolve(smallHologram({ truth }));
    const one = await resolve(smallHologram({ truth, seed: 1 }));
    const two = await resolve(smallHologram({ truth, seed: 2 }));
    const again = await createImages().resolve(smallHologram({ truth, seed: 1 }));
    const scatter = (a: HostImage, b: HostImage) =>
      Math.sqrt(
        Array.from(a.data).reduce((sum, value, i) => sum + (value - (b.data[i] ?? 0)) ** 2, 0) /
          a.data.length,
      );
    // 2304 samples: 1.5 % for one image's noise, as much for the difference of two.
    expect(scatter(one, clean) / 0.05).toBeCloseTo(1, 1);
    expect(scatter(one, two) / (0.05 * Math.SQRT2)).toBeCloseTo(1, 1);
    expect([...again.data]).toEqual([...one.data]);
    expect(one.mask).toBeNull();
  });

  it('follows choices and wiring of the design', async () => {
    const { resolve } = createImages();
    const design = smallStack();
    const even = await resolve(design);
    const isotropic = await resolve(setAt(design, registry, 'bead.emission', 'isotropic'));
    expect(isotropic.key).not.toBe(even.key);
    const without = {
      ...design,
      nodes: design.nodes.map((n) => (n.id === 'stack' ? { ...n, bypassed: true } : n)),
    };
    expect((await resolve(without)).shape).toEqual([24, 20]);
    expect(even.shape).toEqual([3, 24, 20]);
  });

  it('keeps nothing on the device', async () => {
    const { ops, resolve } = createImages();
    // Constants of a grid stay (coordinates, coverage); further images of that grid add nothing.
    await resolve(smallHologram({ truth: { 'sphere.x': 1e-7 } }));
    const { bytes } = ops.memory();
    for (let i = 2; i < 5; i++) await resolve(smallHologram({ truth: { 'sphere.x': i * 1e-7 } }));
    expect(ops.memory().bytes).toBe(bytes);
  });

  it('is left out when its camera gives no image', async () => {
    const { images } = createImages();
    const design = smallHologram();
    await images.resolve({ ...design, edges: [] });
    expect(images.get('simulated')).toBeNull();
    await images.resolve(smallHologram({ truth: { 'pupil.numericalAperture': 1.4 } }));
    expect(images.get('simulated')).toBeNull();
  });
});

describe('a measured target', () => {
  it('is its pixels, with the clipped ones masked', async () => {
    const { resolve } = createImages();
    const image = await resolve(withImage(measured([1, 255, 3, 254.5, 255.5, 6], 255)), 'data');
    expect([...image.data]).toEqual([1, 255, 3, 254.5, 255.5, 6]);
    expect([...(image.mask ?? [])]).toEqual([1, 0, 1, 1, 0, 1]);
    expect(image.shape).toEqual([2, 3]);
  });

  it('leaves out what is no number, with the mean of the others in its place', async () => {
    const { resolve } = createImages();
    const image = await resolve(
      withImage(measured([1, Number.NaN, 3, 1e30, Number.NEGATIVE_INFINITY, 2], null)),
      'data',
    );
    expect([...image.data]).toEqual([1, 2, 3, 2, 2, 2]);
    expect([...(image.mask ?? [])].slice(0, 3)).toEqual([1, 0, 1]);
    expect([...(image.mask ?? [])].slice(4)).toEqual([0, 1]);
  });

  it('leaves out what the camera that it is compared with cannot count, where that is less', async () => {
    const { resolve } = createImages();
    const masked = async (params: Readonly<Record<string, number | string>>, level: number | null) => {
      const design = createDesign(
        [node('camera', 'camera', params), node('target', 'target', { image: 'data' }), node('loss', 'loss')],
        ['camera.out>loss.model', 'target.out>loss.target'],
      );
      const images = { data: measured([10, 119, 120, 254, 255, 4095], level) };
      return [...((await resolve({ ...design, images }, 'data')).mask ?? [1])];
    };
    const limits = { sensor: 'detailed', bits: 12, fullWell: 50, gain: 2, offset: 20 };
    // 50 electrons are 120 counts; a linear camera has no limits, and twelve bits end at 4095.
    expect(await masked(limits, 65535)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(await masked(limits, 119)).toEqual([1, 0, 0, 0, 0, 0]);
    expect(await masked({ ...limits, fullWell: 0 }, null)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(await masked({ ...limits, fullWell: 25, multiplication: 2 }, null)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(await masked({ ...limits, sensor: 'linear' }, 255)).toEqual([1, 1, 1, 1, 0, 0]);
    expect(await masked({ ...limits, sensor: 'linear' }, null)).toEqual([1]);
  });

  it('needs no mask where nothing is clipped', async () => {
    const { resolve } = createImages();
    expect((await resolve(withImage(measured([1, 2, 3, 4], 5)), 'data')).mask).toBeNull();
    expect((await resolve(withImage(measured([1, 2, 3, 4], null)), 'data')).mask).toBeNull();
  });

  it('is decoded once, though every message brings a copy of the document', async () => {
    const { images, resolve } = createImages();
    const two = () => ({
      ...smallHologram(),
      images: { a: measured([1, 2], null), b: measured([3, 4], null) },
    });
    const first = await resolve(two(), 'a');
    const other = images.get('b');
    expect(await resolve(two(), 'a')).toBe(first);
    expect(images.get('b')).toBe(other);
    const changed = { ...two(), images: { a: measured([1, 5], null), b: measured([3, 4], null) } };
    expect([...(await resolve(changed, 'a')).data]).toEqual([1, 5]);
    expect(images.get('b')).toBe(other);
  });

  it('has a key made of its content', async () => {
    const { resolve } = createImages();
    const key = async (image: DesignImage) => (await resolve(withImage(image), 'data')).key;
    const one = await key(measured([1, 2, 3, 4], null));
    // As it comes through the message port: equal, not the same.
    expect(await key(measured([1, 2, 3, 4], null))).toBe(one);
    expect(await key(measured([1, 2, 3, 5], null))).not.toBe(one);
    expect(await key(measured([1, 2, 3, 4], 4))).not.toBe(one);
    expect(await key({ ...measured([1, 2, 3, 4], null), shape: [4, 1] } as DesignImage)).not.toBe(one);
  });

  it('is forgotten with its document', async () => {
    const { images, resolve } = createImages();
    await resolve(withImage(measured([1, 2, 3, 4], null)), 'data');
    await images.resolve({ ...smallHologram(), images: {} });
    expect(images.get('data')).toBeNull();
  });
});
