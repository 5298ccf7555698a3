/** The guided path from an image to numbers, with a simulated twin. */
import { beadStack } from '../src/graph/examples/beadStack.ts';
import { expect, test } from './fixtures.ts';
import { asPayload } from './pages/workbench.ts';
import { simulate, tiffFile, withValues } from './twins.ts';

const TRUTH = { 'pupil.zernike.6': -35e-9, 'pupil.zernike.11': 31e-9, 'bead.z': 0.1e-6 };

test('a bead stack goes from the file to judged values, and to its report', async ({ page, workbench }) => {
  const small = withValues(beadStack, { 'camera.rows': 40, 'camera.columns': 40, 'camera.blur': 0.7 });
  const twin = await simulate(small, TRUTH, 5);
  await workbench.open();
  const at = (id: string) => page.getByTestId(id);

  await at('guide-open').click();
  await expect(at('guide-next')).toBeDisabled();
  await at('guide-file').setInputFiles(asPayload(tiffFile('beads.tif', twin, { pitch: 0.1e-6 })));
  await expect(at('guide-card')).toContainText('40 × 40 pixels');
  await expect(at('guide-card')).toContainText('7 planes');
  await expect(at('guide-card')).toContainText('depths, most likely');
  await expect(at('guide-lengths')).toHaveText('pixels of 100 nm');
  await expect(at('guide-picture').getByRole('img')).toHaveCount(7);
  await at('guide-next').click();
  await expect(at('guide-kind-beadStack')).toHaveAttribute('aria-pressed', 'true');
  await at('guide-next').click();
  // What the example says is marked, and nothing is fitted before it is confirmed.
  await expect(at('guide-source-pupil.numericalAperture')).toHaveAttribute('data-source', 'example');
  await expect(at('guide-source-camera.pixelPitch')).toHaveAttribute('data-source', 'file');
  await expect(at('guide-sanity')).toHaveAttribute('data-verdict', 'good');
  await expect(at('guide-next')).toBeDisabled();
  await expect(at('guide-next')).toHaveAccessibleDescription('Confirm the instrument’s numbers first');
  await expect(at('guide-source-camera.readNoise')).toHaveText('assumed');
  await expect(at('guide-step-run')).toBeDisabled();
  // A pixel four times as large is noticed; the true one is good again.
  const pitch = at('field-camera.pixelPitch');
  await pitch.fill('0.4 µm');
  await pitch.press('Enter');
  await expect(at('guide-sanity')).toHaveAttribute('data-verdict', 'wrong');
  await pitch.fill('0.1 µm');
  await pitch.press('Enter');
  await expect(at('guide-sanity')).toHaveAttribute('data-verdict', 'good');
  // So is a step that is twice as large.
  await expect(at('guide-depth')).toHaveAttribute('data-verdict', 'good');
  const step = at('field-stack.zStep');
  await step.fill('0.7 µm');
  await step.press('Enter');
  await expect(at('guide-depth')).not.toHaveAttribute('data-verdict', 'good');
  await step.fill('0.35 µm');
  await step.press('Enter');
  await expect(at('guide-depth')).toHaveAttribute('data-verdict', 'good');
  for (const [path, text] of [
    ['camera.gain', '1'],
    ['camera.offset', '0'],
    ['camera.readNoise', '0'],
  ] as const) {
    await at(`field-${path}`).fill(text);
    await at(`field-${path}`).press('Enter');
  }
  await at('guide-confirm').check();
  await expect(at('guide-why')).toHaveCount(0);
  await at('guide-next').click();

  await expect(at('guide-bead-0')).toBeChecked();
  // 0.51 λ/NA = 271 nm, with blur and pixel some 320, and a few aberrations; the stack is short.
  await at('guide-widths').locator('summary').click();
  await expect(at('guide-widths').getByRole('row', { name: /^Bead 1/ })).toContainText(/3\d\d(\.\d+)? ± /);
  await at('guide-next').click();
  // The free phase begins where another rung has ended; an element of a rung comes and goes with it.
  await expect(at('guide-rung-phase')).toBeDisabled();
  await at('guide-rung-amplitude').click();
  await expect(page.getByTestId('rf__node-amplitude')).toBeVisible();
  await at('guide-rung-low').click();
  await expect(page.getByTestId('rf__node-amplitude')).toHaveCount(0);
  await expect(at('guide-counts')).toContainText('unknowns against 11,200 pixels in 7 planes');
  await at('guide-next').click();
  // Left and taken up again at the same step.
  await at('show-inspector').click();
  await expect(at('inspector')).toBeVisible();
  await at('guide-open').click();
  await at('guide-run').click();
  await expect(at('guide-ending')).toBeVisible({ timeout: 60_000 });
  await at('guide-next').click();
  await expect(at('guide-light')).toHaveAttribute('data-light', 'green');
  await expect(at('guide-light')).toContainText('Good');
  const { result } = await workbench.fitState();
  for (const [path, value] of Object.entries(TRUTH)) {
    const found = result?.parameters.find((each) => each.path === path);
    // Four standard errors: once in sixteen thousand by chance.
    expect(Math.abs((found?.value ?? Number.NaN) - value), path).toBeLessThan(4 * (found?.sigma ?? 0));
  }

  // √(35² + 31²) = 46.8 nm; what the twin says of the other direction stands beside what was fitted.
  const precision = at('guide-precision');
  await expect(precision.getByRole('row', { name: /^Width \(FWHM\)/ })).toContainText(/3\d\d/);
  // 70 000 photons: the position is known to two nanometres or better, and the width is another number.
  await expect(precision.getByRole('row', { name: /^Bound \(CRLB\)/ })).toContainText(/^\D*[01]\.\d/);
  await expect(at('guide-wavefront')).toContainText(/Wavefront 4[5-8]\.\d+ ± .* nm RMS/);
  const turned = at('guide-directions-table').locator('[data-path="pupil.zernike.6"] td');
  const [here = '', there = ''] = await turned.allTextContents();
  expect(here).toMatch(/^−/);
  expect(there).toBe(here.replace('−', '').replace(/ ±.*/, ''));

  await at('guide-next').click();
  const residual = page.waitForEvent('download');
  await at('guide-save-residual').click();
  expect((await residual).suggestedFilename()).toBe('beads - residual.tif');
  await at('guide-report').click();
  const report = at('report');
  await expect(report.getByRole('heading', { name: 'beads' })).toBeVisible();
  await expect(report.getByRole('img', { name: 'Data − model' })).toBeVisible();
  await expect(report.getByRole('rowheader', { name: /Z11/ })).toBeVisible();
  await expect(report).toContainText('Read noise');
  await expect(report.getByRole('link', { name: 'open the design by its link' })).toHaveAttribute(
    'href',
    /#\/design\/1\//,
  );
  // On paper it is one page of A4, and there is nothing but the report.
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(paper.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  await page.emulateMedia({ media: 'print' });
  await expect(workbench.runButton).toBeHidden();
  await expect(at('report-back')).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  const saved = page.waitForEvent('download');
  await at('report-download').click();
  expect((await saved).suggestedFilename()).toBe('beads - report.html');
  await at('report-back').click();
  await expect(workbench.runButton).toBeVisible();

  // Two more places are picked by hand: all three become one design over the field.
  await at('guide-step-pick').click();
  const { width } = (await at('guide-field').boundingBox()) ?? { width: 0 };
  for (const share of [0.25, 0.75])
    await at('guide-field').click({ position: { x: share * width, y: 0.2 * width } });
  await at('guide-step-keep').click();
  await at('guide-together').click();
  await expect(page.getByTestId('rf__node-field')).toContainText('3 beads');
  await expect(at('guide-rung-linear')).toHaveAttribute('aria-pressed', 'true');
  await expect(at('guide-counts')).toContainText('in 15 planes');
  await expect(at('guide-step-run')).toBeEnabled();
});
