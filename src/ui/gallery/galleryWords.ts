/** The words of the gallery. */
import type { Example, ExampleTopic, Proof } from '../../graph/examples/example.ts';
import { formatNumber, unitFactor } from '../../optics/units.ts';

export const TOPIC_TITLES: Readonly<Record<ExampleTopic, string>> = {
  imaging: 'Imaging',
  microscopes: 'Microscopes',
  waves: 'Waves',
  beams: 'Beams',
  fourier: 'Fourier optics',
  masks: 'Masks',
  aberrations: 'Aberrations',
  coherence: 'Coherence',
  polarisation: 'Polarisation',
  samples: 'Samples',
  sampling: 'Sampling',
  fit: 'Fits',
};

export const LEVEL_TITLES: Readonly<Record<Example['level'], string>> = {
  start: 'First steps',
  course: 'Course',
  research: 'Research',
};

/** `648.9 nm, known 649 nm`. */
export function proofText(proof: Proof, value: number): string {
  return `${numberText(value, proof)}, known ${numberText(proof.expected, proof)}`;
}

/** A number in the unit in which it is shown, with a true minus sign; a dash where there is none. */
export function numberText(
  value: number | null,
  { quantity, display }: Pick<Proof, 'quantity' | 'display'>,
): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const text = formatNumber(value / (unitFactor(display, quantity) ?? 1), 4).replaceAll('-', '−');
  if (display === 'deg') return `${text}°`;
  return display === '' ? text : `${text} ${display}`;
}

/**
 * Systems whose words hold every word of the query, of one topic and level or of all; those with more of them in the
 * title come first. Fits are all with a goal.
 */
export function foundExamples(
  examples: readonly Example[],
  query: string,
  topic: ExampleTopic | null,
  level: Example['level'] | null,
): Example[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const inTitle = ({ title }: Example): number =>
    words.filter((word) => title.toLowerCase().includes(word)).length;
  const found = examples.filter((example) => {
    const isOfTopic = example.topic === topic || (topic === 'fit' && example.goal !== undefined);
    if (topic !== null && !isOfTopic) return false;
    if (level !== null && example.level !== level) return false;
    const text = [
      example.title,
      example.summary,
      TOPIC_TITLES[example.topic],
      LEVEL_TITLES[example.level],
      example.proof?.statement ?? example.goal?.statement ?? '',
      ...example.design.nodes.map(({ type }) => type),
    ];
    const all = text.join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return found.sort((a, b) => inTitle(b) - inTitle(a));
}
