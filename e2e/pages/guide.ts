/** The guided path as a person walks it. */
import { expect } from '@playwright/test';
import { asPayload, type TestFile, type Workbench } from './workbench.ts';

/** From the file to the confirmed calibration; what the sanity line says of it. */
export async function confirmedInGuide(
  { page }: Workbench,
  file: TestFile,
  kind: string,
  fields: Readonly<Record<string, string>>,
): Promise<string | null> {
  const at = (id: string) => page.getByTestId(id);
  await at('guide-open').click();
  await at('guide-file').setInputFiles(asPayload(file));
  await expect(at('guide-card')).toBeVisible();
  await at('guide-next').click();
  await at(`guide-kind-${kind}`).click();
  for (const [path, text] of Object.entries(fields)) {
    await at(`field-${path}`).fill(text);
    await at(`field-${path}`).press('Enter');
  }
  const verdict = await at('guide-sanity').getAttribute('data-verdict');
  await at('guide-confirm').check();
  return verdict;
}

/** On to the end of the fit, with everything as it comes; the colour of the light. */
export async function judgedInGuide({ page }: Workbench, timeout: number): Promise<string | null> {
  const at = (id: string) => page.getByTestId(id);
  for (const step of ['pick', 'unknowns', 'run']) {
    await at('guide-next').click();
    await expect(at(`guide-step-${step}`)).toHaveAttribute('aria-current', 'step');
  }
  await at('guide-run').click();
  await expect(at('guide-ending')).toBeVisible({ timeout });
  await at('guide-next').click();
  return at('guide-light').getAttribute('data-light');
}
