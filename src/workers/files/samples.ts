import { type SampleFormat, unsupported } from './image.ts';

/** IEEE 754 half precision to a number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Bits `from` .. `from + count` of a buffer, most significant bit first. */
function packedBits(view: DataView, from: number, count: number): number {
  let value = 0;
  for (let bit = from; bit < from + count; bit++) {
    value = (value << 1) | ((view.getUint8(bit >> 3) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

/**
 * Reader of sample number `i` of a densely packed buffer. Unsigned samples may have any width up to
 * 16 bits; signed ones 8, 16, 32 or 64; floats 16, 32 or 64. Anything else is refused with a sentence.
 */
export function sampleReader(
  view: DataView,
  format: SampleFormat,
  bits: number,
  littleEndian: boolean,
): (i: number) => number {
  switch (`${format}${bits}`) {
    case 'uint8':
      return (i) => view.getUint8(i);
    case 'uint16':
      return (i) => view.getUint16(2 * i, littleEndian);
    case 'uint32':
      return (i) => view.getUint32(4 * i, littleEndian);
    case 'uint64':
      return (i) => Number(view.getBigUint64(8 * i, littleEndian));
    case 'int8':
      return (i) => view.getInt8(i);
    case 'int16':
      return (i) => view.getInt16(2 * i, littleEndian);
    case 'int32':
      return (i) => view.getInt32(4 * i, littleEndian);
    case 'int64':
      return (i) => Number(view.getBigInt64(8 * i, littleEndian));
    case 'float16':
      return (i) => halfToNumber(view.getUint16(2 * i, littleEndian));
    case 'float32':
      return (i) => view.getFloat32(4 * i, littleEndian);
    case 'float64':
      return (i) => view.getFloat64(8 * i, littleEndian);
    default:
      if (format === 'uint' && bits >= 1 && bits < 16) return (i) => packedBits(view, i * bits, bits);
      throw unsupported(`stores its pixels as ${bits}-bit ${format} samples, which cannot be read.`);
  }
}
