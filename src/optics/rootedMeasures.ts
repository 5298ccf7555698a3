/** Measures that are no mean over pixels, or over those that count: of parts of an image they do not add up. */
export const ROOTED_MEASURES = ['rootMeanSquare', 'meanAbsolute'] as const;
