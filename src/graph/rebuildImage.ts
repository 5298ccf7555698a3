/** Images of a document, read field by field. */
import type { TableRow } from '../optics/element.ts';
import type { DesignImage } from './document.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { LIMITS } from './limits.ts';
import { own } from './registry.ts';

type ImageResult =
  | { readonly ok: true; readonly image: DesignImage }
  | { readonly ok: false; readonly reason: string };

function bad(reason: string): ImageResult {
  return { ok: false, reason };
}

export function readImage(raw: JsonValue): ImageResult {
  if (!isObject(raw)) return bad('it is not an object');
  const name = own(raw, 'name');
  if (typeof name !== 'string' || name.length > LIMITS.label) return bad('its name is missing or too long');
  const kind = own(raw, 'kind');
  if (kind === 'measured') return readMeasured(raw, name);
  if (kind === 'simulated') return readSimulated(raw, name);
  return bad('it is neither measured nor simulated');
}

function readMeasured(raw: JsonObject, name: string): ImageResult {
  const shape = own(raw, 'shape');
  const data = own(raw, 'data');
  const saturation = own(raw, 'saturationLevel') ?? null;
  if (!isArray(shape) || shape.length < 2 || shape.length > 3 || !shape.every(isCount))
    return bad('its shape must be [rows, columns] or [planes, rows, columns]');
  const samples = shape.reduce((product, length) => product * length, 1);
  if (typeof data !== 'string') return bad('its data are missing');
  // Four bytes per sample; base64 writes three bytes as four characters.
  const characters = 4 * Math.ceil((4 * samples) / 3);
  if (data.length !== characters)
    return bad(
      `${data.length} characters of data do not make ${shape.join(' × ')} samples (${characters} needed)`,
    );
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return bad('its data are not base64');
  if (saturation !== null && (typeof saturation !== 'number' || !Number.isFinite(saturation)))
    return bad('its saturation level is not a number');
  const painted = own(raw, 'painted') === true ? { painted: true as const } : {};
  return {
    ok: true,
    image: { kind: 'measured', name, shape, data, saturationLevel: saturation, ...painted },
  };
}

function isCount(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 2 ** 24;
}

function readSimulated(raw: JsonObject, name: string): ImageResult {
  const camera = own(raw, 'camera');
  const noise = own(raw, 'noise');
  const seed = own(raw, 'seed');
  const truth = own(raw, 'truth');
  if (typeof camera !== 'string' || camera.length > LIMITS.label) return bad('its camera is missing');
  if (typeof noise !== 'boolean') return bad('“noise” must be true or false');
  if (typeof seed !== 'number' || !Number.isFinite(seed)) return bad('its seed is not a number');
  if (!isObject(truth)) return bad('its true values are missing');
  const values: Record<string, number | readonly number[] | readonly TableRow[]> = {};
  for (const [path, value] of Object.entries(truth)) {
    if (isArray(value) && value.length > 0 && value.length <= LIMITS.list && value.every(isRow)) {
      values[path] = value;
      continue;
    }
    const numbers = isArray(value) ? value : [value];
    if (path.length > LIMITS.label || numbers.length > LIMITS.list || !numbers.every(isFiniteNumber))
      return bad(`the true value of “${path.slice(0, 60)}” is not a finite number`);
    values[path] = isArray(value) ? numbers : (numbers[0] ?? 0);
  }
  return { ok: true, image: { kind: 'simulated', name, camera, truth: values, noise, seed } };
}

function isRow(value: JsonValue): value is TableRow {
  return (
    isObject(value) &&
    Object.entries(value).every(([name, cell]) =>
      name === 'group' ? typeof cell === 'string' && cell.length <= LIMITS.label : isFiniteNumber(cell),
    )
  );
}

function isFiniteNumber(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
