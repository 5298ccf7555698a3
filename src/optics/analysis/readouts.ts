/** Numbers and axes with units that suit their size, in the words of `element.ts`. */
import type { ChartAxis, Readout } from '../element.ts';
import type { HostPlane } from './hostPlane.ts';

type LengthUnit = 'nm' | 'µm' | 'mm' | 'm';

const LENGTHS: readonly (readonly [number, LengthUnit])[] = [
  [1, 'm'],
  [1e-3, 'mm'],
  [1e-6, 'µm'],
];

/** The unit in which a length reads well. */
export function lengthUnit(length: number): LengthUnit {
  return LENGTHS.find(([least]) => Math.abs(length) >= least)?.[1] ?? 'nm';
}

/** Null and what is not finite is shown as “unknown”. */
export function lengthReadout(title: string, length: number | null): Readout {
  const value = finite(length);
  return { title, value, quantity: 'length', display: value === null ? 'µm' : lengthUnit(value) };
}

export function numberReadout(title: string, value: number | null): Readout {
  return { title, value: finite(value), quantity: 'dimensionless', display: '' };
}

/** @param share 1 is shown as 100 % */
export function shareReadout(title: string, share: number | null): Readout {
  return { title, value: finite(share), quantity: 'dimensionless', display: '%' };
}

export function angleReadout(title: string, angle: number | null): Readout {
  const value = finite(angle);
  return {
    title,
    value,
    quantity: 'angle',
    display: value !== null && Math.abs(value) < 0.1 ? 'mrad' : 'rad',
  };
}

/** Per metre, shown in cycles per µm or mm. */
export function frequencyReadout(title: string, frequency: number | null): Readout {
  const value = finite(frequency);
  return { title, value, quantity: 'spatialFrequency', display: frequencyUnit(value ?? 0) };
}

export function frequencyUnit(frequency: number): string {
  return Math.abs(frequency) >= 1e5 ? 'cycles/µm' : 'cycles/mm';
}

export function powerReadout(title: string, power: number | null): Readout {
  const value = finite(power);
  const size = Math.abs(value ?? 1);
  const display = size >= 1 ? 'W' : size >= 1e-3 ? 'mW' : size >= 1e-6 ? 'µW' : 'nW';
  return { title, value, quantity: 'power', display };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** A length axis for positions up to `reach`. */
export function lengthAxis(title: string, reach: number): ChartAxis {
  return { title, quantity: 'length', display: lengthUnit(reach) };
}

/** What the values of a plane are. */
export function valueAxis({ unit }: Pick<HostPlane, 'unit'>): ChartAxis {
  switch (unit) {
    case 'W/m²':
      return { title: 'Irradiance', quantity: 'irradiance', display: 'W/m²' };
    case 'W':
      return { title: 'Power per pixel', quantity: 'power', display: 'W' };
    case 'photons':
      return { title: 'Photons', quantity: 'photons', display: 'photons' };
    case 'counts':
      return { title: 'Counts', quantity: 'counts', display: 'counts' };
    default:
      return { title: 'Intensity', quantity: 'dimensionless', display: '' };
  }
}
