/** Numbers as tables print them, for tests. */

/** Half a unit of the last printed digit of a decimal number: the error that printing leaves in a reference. */
function halfLastDigit(text: string): number {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  return 0.5 * 10 ** (Number(exponent) - decimals);
}

/** Distance from a printed number over what is allowed: 1e-9 of it, or half the last digit where fewer are given. */
export function missOfPrinted(actual: number, text: string): number {
  const reference = Number(text);
  return Math.abs(actual - reference) / Math.max(1e-9 * Math.abs(reference), 1.02 * halfLastDigit(text));
}
