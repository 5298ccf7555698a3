import { describe, expect, it } from 'vitest';
import type { ParamData } from './document.ts';
import { automaticUnit, formatBytes, formatParam, formatQuantity } from './format.ts';
import { getAt } from './paths.ts';
import { own } from './registry.ts';
import { bench, createDesign, node, fakeRegistry as registry } from './testSupport.ts';
import { parseValue } from './valueText.ts';

function value(path: string, text: string, bareUnit?: string): ParamData | undefined {
  const result = parseValue(bench(), registry, path, text, bareUnit === undefined ? {} : { bareUnit });
  return result.ok ? result.value : undefined;
}

function reason(path: string, text: string): string {
  const result = parseValue(bench(), registry, path, text);
  return result.ok ? 'ok' : result.reason;
}

describe('parseValue', () => {
  it('reads numbers with units', () => {
    expect(value('source.wavelength', '633nm')).toBeCloseTo(633e-9, 16);
    expect(value('source.wavelength', ' 0.633 µm ')).toBeCloseTo(633e-9, 16);
    expect(value('source.wavelength', '5e-7')).toBe(5e-7);
    expect(value('source.wavelength', '500', 'nm')).toBeCloseTo(500e-9, 16);
    expect(value('pupil.zernike.8', '0.05waves')).toBeCloseTo(0.05 * 532e-9, 16);
    expect(value('pupil.zernike.8', '0.05', 'waves')).toBeCloseTo(0.05 * 532e-9, 16);
    expect(value('sphere.x', '-2 lambda')).toBeCloseTo(-2 * 532e-9, 16);
    expect(value('source.wavelength', '1000000nm')).toBe(1e-3);
  });

  it('reads planes, terms, choices, switches, whole numbers and images', () => {
    expect(value('sphere.photons', '100,120, 130')).toEqual([100, 120, 130]);
    expect(value('sphere.photons.1', '120')).toBe(120);
    expect(value('pupil.zernike', '4:20nm, Z11=-0.1waves, 6:0')).toEqual({
      4: expect.closeTo(20e-9, 16),
      11: expect.closeTo(-53.2e-9, 16),
    });
    expect(value('pupil.zernike', '0')).toEqual({});
    expect(value('camera.bits', '12')).toBe(12);
    expect(value('camera.noise', 'On')).toBe(true);
    expect(value('camera.noise', 'false')).toBe(false);
    expect(value('camera.shutter', 'rolling')).toBe('rolling');
    expect(value('camera.shutter', 'Rolling Shutter')).toBe('rolling');
    expect(value('target.image', 'bead')).toBe('bead');
  });

  it('says what is wrong', () => {
    expect(reason('source.wavelength', '532')).toBe(
      '532 m is outside 100 pm to 1 mm. Did you mean 532 nm? Bare numbers are in m.',
    );
    expect(reason('source.wavelength', '532 kg')).toContain('“kg” is not a unit');
    expect(reason('source.wavelength', '2waves')).toContain('cannot be given in waves');
    expect(reason('source.wavelength', '2 m')).toBe('2 m is outside 100 pm to 1 mm.');
    expect(reason('source.wavelength', 'red')).toContain('not a number');
    expect(reason('source.wavelength', ' ')).toBe('Give a value for source.wavelength.');
    expect(reason('source.wavelength', '1e999')).toContain('too large');
    expect(reason('source.wavelength', '0,5')).toContain('decimals with a point');
    expect(reason('source.wavelenght', '1')).toContain('Did you mean source.wavelength?');
    expect(reason('sphere.photons', '1,x,3')).toBe('Value 2: “x” is not a number.');
    expect(reason('pupil.zernike', '20nm')).toContain('index:value');
    expect(reason('pupil.zernike', '121:1nm')).toContain('1 to 120');
    expect(reason('pupil.zernike', '4:1m')).toContain('Term 4: 1 m is outside');
    expect(reason('camera.bits', '12.5')).toContain('not a whole number');
    expect(reason('camera.bits', '99')).toBe('99 is outside 8 to 32.');
    expect(reason('camera.noise', 'maybe')).toContain('neither on nor off');
    expect(reason('camera.shutter', 'roling')).toContain('Did you mean rolling?');
    expect(reason('target.image', 'beed')).toContain('Did you mean bead?');
    const dark = createDesign([node('pupil', 'pupil')], []);
    expect(parseValue(dark, registry, 'pupil.zernike.4', '1waves')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no wavelength yet'),
    });
  });
});

describe('formatting', () => {
  it('chooses readable units', () => {
    expect(formatQuantity(532e-9, 'length')).toBe('532 nm');
    expect(formatQuantity(1e-6, 'length')).toBe('1 µm');
    expect(formatQuantity(0, 'length')).toBe('0 m');
    expect(formatQuantity(-0.02, 'length')).toBe('-20 mm');
    expect(formatQuantity(532e-9, 'length', 'waves', { wavelength: 532e-9 })).toBe('1 wave');
    expect(formatQuantity(532e-9, 'length', 'waves')).toBe('532 nm');
    expect(formatQuantity(Math.PI, 'angle', '°')).toBe('180°');
    expect(automaticUnit(3e-13, 'length')).toBe('pm');
    expect(formatBytes(1.5e9)).toBe('1.5 GB');
    expect(formatBytes(2.5e6)).toBe('2.5 MB');
  });

  it('shows every kind of parameter', () => {
    const show = (path: string, given?: ParamData, unit?: string): string => {
      const [id = '', name = ''] = path.split('.');
      const type = bench().nodes.find((each) => each.id === id)?.type ?? '';
      const spec = own(registry.get(type)?.params ?? {}, name);
      if (spec === undefined) throw new Error(path);
      return formatParam(spec, given ?? getAt(bench(), registry, path) ?? 0, unit, { wavelength: 532e-9 });
    };
    expect(show('source.wavelength')).toBe('532 nm');
    expect(show('source.wavelength', undefined, 'µm')).toBe('0.532 µm');
    expect(show('sphere.photons')).toBe('10 photons, 20 photons, 30 photons');
    expect(show('pupil.zernike', undefined, 'nm')).toBe('Z4 20 nm, Z11 -10 nm');
    expect(show('pupil.zernike', { 4: 53.2e-9 })).toBe('Z4 0.1 waves');
    expect(show('camera.noise')).toBe('on');
    expect(show('camera.shutter')).toBe('Global shutter');
    expect(show('camera.bits')).toBe('16');
    expect(show('target.image')).toBe('bead');
  });
});
