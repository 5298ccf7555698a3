/**
 * WGSL of the previews: `largest` and `reduce` for each, then `measure` and `colour` for all at once. The rules are those of `present/reduce.ts` and `src/pictures`, which the tests compare with
 * pixel by pixel. Values that may not be finite are kept and tested as bits, which no compiler assumes away.
 */
import { BACK, HIGH } from '../../../pictures/contrast.ts';
import { FLAT, LOG_DECADES, NAN_DARK, NAN_LIGHT, NO_PHASE } from '../../../pictures/scaling.ts';
import { DARK } from '../../present/reduce.ts';

/** How samples become values. */
export const KINDS = { real: 0, irradiance: 1, amplitude: 2, phase: 3 } as const;
export const SCALING_CODES = { linear: 0, sqrt: 1, log: 2, auto: 3 } as const;
export const FLAGS = {
  image: 1,
  phaseRange: 2,
  signed: 4,
  range: 8,
  wasHighContrast: 16,
  cyclic: 32,
} as const;

/** One preview, all numbers of 4 bytes, in the order in which the painter writes them. */
export const VIEW_FIELDS = [
  ...['start', 'ny', 'nx', 'my', 'mx', 'factor', 'blockY', 'blockX', 'components', 'kind', 'offset'],
  ...['place', 'stride', 'colormap', 'scaling', 'flags'],
] as const;
/** After the fields above: the range that is asked for. */
export const VIEW_WORDS = VIEW_FIELDS.length + 2;
/** What is known of a preview after it was measured. */
export const STAT_WORDS = 8;
export const STAT = { low: 1, high: 2, highContrast: 3, invalid: 4, first: 5 } as const;

/** Threads of a workgroup; one that measures has more. */
export const THREADS = 64;
/** Samples that one thread looks at when the brightest is sought. */
export const LARGEST_RUN = 64;
const MEASURE_THREADS = 128;

const hex = (word: number): string => `0x${(word >>> 0).toString(16)}u`;

const VIEW = `
  struct View { ${VIEW_FIELDS.map((name) => `${name} : u32,`).join(' ')} low : f32, high : f32 }
  fn isFinite(bits : u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }
  fn isNan(bits : u32) -> bool { return (bits & 0x7fffffffu) > 0x7f800000u; }
`;

const stat = (largest: string): string => `
  struct Stat { largest : ${largest}, low : f32, high : f32, highContrast : f32, invalid : f32, first : f32,
    scaling : u32, spare : u32 }
`;

const COMPUTE = `
  ${VIEW} ${stat('atomic<u32>')}
  @group(0) @binding(0) var<storage, read> views : array<View>;
  @group(0) @binding(1) var<storage, read_write> stats : array<Stat>;
  @group(0) @binding(2) var<storage, read_write> values : array<u32>;
`;

/** From the samples of one preview to its values: `largest` (phases only), then `reduce`. */
export const REDUCE = `
  ${COMPUTE}
  @group(1) @binding(0) var<storage, read> samples : array<f32>;
  @group(1) @binding(1) var<uniform> which : vec4<u32>;

  fn irradiance(sample : u32) -> f32 {
    let re = samples[2u * sample];
    let im = samples[2u * sample + 1u];
    return re * re + im * im;
  }

  @compute @workgroup_size(${THREADS})
  fn largest(@builtin(global_invocation_id) id : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>) {
    let view = views[which.x];
    let threads = groups.x * ${THREADS}u;
    var most = 0.0;
    for (var i = id.x; i < view.ny * view.nx; i += threads) { most = max(most, irradiance(view.start + i)); }
    // Positive floats are ordered as their bits are.
    atomicMax(&stats[which.x].largest, bitcast<u32>(most));
  }

  // The built-in one is not accurate on the axes.
  fn angle(im : f32, re : f32) -> f32 {
    let small = min(abs(im), abs(re));
    let large = max(abs(im), abs(re));
    var a = atan(small / large);
    if (abs(im) > abs(re)) { a = ${Math.PI / 2} - a; }
    if (re < 0.0) { a = ${Math.PI} - a; }
    return select(a, -a, (bitcast<u32>(im) >> 31u) != 0u);
  }

  fn shown(view : View, sample : u32) -> f32 {
    var sum = 0.0;
    for (var c = 0u; c < view.components; c++) {
      let at = sample + c * view.ny * view.nx;
      if (view.kind == ${KINDS.real}u) { sum += samples[at]; } else { sum += irradiance(at); }
    }
    return select(sum, sqrt(sum), view.kind == ${KINDS.amplitude}u);
  }

  @compute @workgroup_size(${THREADS})
  fn reduce(@builtin(global_invocation_id) id : vec3<u32>) {
    let view = views[which.x];
    if (id.x >= view.my * view.mx) { return; }
    let row = id.x / view.mx;
    let corner = view.start + row * view.factor * view.nx + (id.x - row * view.mx) * view.factor;
    if (view.kind == ${KINDS.phase}u) {
      let limit = ${DARK} * bitcast<f32>(atomicLoad(&stats[which.x].largest));
      let phase = bitcast<u32>(angle(samples[2u * corner + 1u], samples[2u * corner]));
      values[view.offset + id.x] = select(0x7fc00000u, phase, irradiance(corner) > limit);
      return;
    }
    var sum = 0.0;
    for (var j = 0u; j < view.blockY; j++) {
      for (var i = 0u; i < view.blockX; i++) { sum += shown(view, corner + j * view.nx + i); }
    }
    values[view.offset + id.x] = bitcast<u32>(sum / f32(view.blockY * view.blockX));
  }
`;

/** From the values of all previews to their ranges and scalings; one workgroup each. */
export const MEASURE = `
  ${COMPUTE}
  const TEAM = ${MEASURE_THREADS}u;
  const LARGE = 3.4028234e38;
  var<workgroup> lows : array<f32, TEAM>;
  var<workgroup> highs : array<f32, TEAM>;
  var<workgroup> counts : array<vec2<u32>, TEAM>;
  var<workgroup> ends : vec4<f32>;

  fn automaticRange(view : View, found : vec2<f32>) -> vec2<f32> {
    if ((view.flags & ${FLAGS.range}u) != 0u) { return vec2<f32>(view.low, view.high); }
    if ((view.flags & ${FLAGS.phaseRange}u) != 0u) { return vec2<f32>(${-Math.PI}, ${Math.PI}); }
    let largest = max(abs(found.x), abs(found.y));
    if ((view.flags & ${FLAGS.signed}u) != 0u) {
      return select(vec2<f32>(-largest, largest), vec2<f32>(-1.0, 1.0), largest == 0.0);
    }
    if (found.y - found.x > ${FLAT} * largest) { return found; }
    if (found.y > 0.0) { return vec2<f32>(0.0, found.y); }
    return select(vec2<f32>(0.0, 1.0), vec2<f32>(found.x, 0.0), found.x < 0.0);
  }

  @compute @workgroup_size(TEAM)
  fn measure(@builtin(workgroup_id) group : vec3<u32>, @builtin(local_invocation_index) thread : u32) {
    let view = views[group.x];
    let count = view.my * view.mx;
    var low = LARGE;
    var high = -LARGE;
    var invalid = 0u;
    for (var i = thread; i < count; i += TEAM) {
      let bits = values[view.offset + i];
      if (!isFinite(bits)) { invalid++; continue; }
      low = min(low, bitcast<f32>(bits));
      high = max(high, bitcast<f32>(bits));
    }
    lows[thread] = low;
    highs[thread] = high;
    counts[thread] = vec2<u32>(invalid, 0u);
    workgroupBarrier();
    if (thread == 0u) {
      for (var t = 1u; t < TEAM; t++) {
        low = min(low, lows[t]);
        high = max(high, highs[t]);
        invalid += counts[t].x;
      }
      if (invalid == count) { low = 0.0; high = 1.0; }
      ends = vec4<f32>(low, high, f32(invalid), 0.0);
    }
    workgroupBarrier();
    let found = ends;
    let peak = found.y;
    let limit = select(${HIGH}, ${BACK}, (view.flags & ${FLAGS.wasHighContrast}u) != 0u) * peak;
    var dark = 0u;
    var lit = 0u;
    for (var i = thread; i < count; i += TEAM) {
      let bits = values[view.offset + i];
      if (!isFinite(bits)) { continue; }
      if (bitcast<f32>(bits) < limit) { dark++; }
      if (bitcast<f32>(bits) > 1e-6 * peak) { lit++; }
    }
    counts[thread] = vec2<u32>(dark, lit);
    workgroupBarrier();
    if (thread != 0u) { return; }
    for (var t = 1u; t < TEAM; t++) { dark += counts[t].x; lit += counts[t].y; }
    let isImage = (view.flags & ${FLAGS.image}u) != 0u && count >= 16u;
    // More than half of the values are dark, more than an eighth are lit.
    let isHigh = isImage && peak > 0.0 && 2u * dark > count && 8u * lit > count;
    let range = automaticRange(view, found.xy);
    stats[group.x].low = range.x;
    stats[group.x].high = range.y;
    stats[group.x].highContrast = select(0.0, 1.0, isHigh);
    stats[group.x].invalid = found.z;
    stats[group.x].first = bitcast<f32>(values[view.offset]);
    stats[group.x].scaling = select(view.scaling, select(${SCALING_CODES.linear}u, ${SCALING_CODES.log}u, isHigh),
      view.scaling == ${SCALING_CODES.auto}u);
  }
`;

/** From values to the words of colours, on the place of each preview. One row of workgroups per preview. */
export const COLOUR = `
  ${COMPUTE}
  @group(0) @binding(3) var<storage, read> colours : array<u32>;
  @group(0) @binding(4) var<storage, read_write> pixels : array<u32>;

  fn colourOf(view : View, which : u32, bits : u32, x : u32, y : u32) -> u32 {
    let low = stats[which].low;
    let high = stats[which].high;
    let scaling = stats[which].scaling;
    let value = bitcast<f32>(bits);
    let table = 256u * view.colormap;
    let span = high - low;
    if ((view.flags & ${FLAGS.cyclic}u) != 0u) {
      if (!isFinite(bits)) { return ${hex(NO_PHASE)}; }
      return colours[table + (u32(i32(floor((value - low) * (256.0 / span) + 0.5))) & 255u)];
    }
    if (isNan(bits)) { return select(${hex(NAN_DARK)}, ${hex(NAN_LIGHT)}, ((x + y) & 2u) != 0u); }
    let base = max(low, high * ${10 ** -LOG_DECADES});
    if (scaling == ${SCALING_CODES.log}u && high > 0.0 && high > base) {
      if (value <= base) { return colours[table]; }
      if (value >= high) { return colours[table + 255u]; }
      return colours[table + u32(log(value / base) * (255.0 / log(high / base)) + 0.5)];
    }
    if (value <= low) { return colours[table]; }
    if (!(span > 0.0) || value >= high) { return colours[table + 255u]; }
    let position = (value - low) / span;
    let stretched = select(position, sqrt(position), scaling == ${SCALING_CODES.sqrt}u);
    return colours[table + u32(stretched * 255.0 + 0.5)];
  }

  @compute @workgroup_size(${THREADS})
  fn colour(@builtin(global_invocation_id) id : vec3<u32>) {
    let view = views[id.y];
    if (id.x >= view.my * view.mx) { return; }
    let y = id.x / view.mx;
    let x = id.x - y * view.mx;
    pixels[view.place + y * view.stride + x] = colourOf(view, id.y, values[view.offset + id.x], x, y);
  }
`;
