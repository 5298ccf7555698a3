/** A movie of single emitters, from its files to the table of places with errors. */
import { registry } from '../src/graph/catalogue.ts';
import type { Design } from '../src/graph/document.ts';
import { setAll } from '../src/graph/edit.ts';
import { tetrapod } from '../src/graph/examples/psfEngineering.ts';
import { serializeDesign } from '../src/graph/serialize.ts';
import { expect, test } from './fixtures.ts';
import { npyFile, simulate } from './twins.ts';

const FRAMES = 4;
/** From the middle pixel, and before focus. */
const TRUE = { 'bead.x': 0.42e-6, 'bead.y': -0.3e-6, 'bead.z': 0.2e-6 };

/** An astigmatic pupil without a focus stack. */
function astigmatic(): Design {
  const { design } = tetrapod;
  const plain = {
    ...design,
    grid: { samples: 64, pitch: 1e-6 },
    nodes: design.nodes.filter(({ type }) => type !== 'stack' && type !== 'psfMask'),
    edges: [
      ...design.edges.filter(({ from, to }) =>
        [from.node, to.node].every((id) => id !== 'mask' && id !== 'stack'),
      ),
      { id: 'seen', from: { node: 'pupil', port: 'out' }, to: { node: 'camera', port: 'in' } },
    ],
  };
  return setAll(plain, registry, { 'pupil.zernike.6': 107e-9, 'camera.background': 10 });
}

test('emitters of a movie are localised with the design’s own image of a point', async ({
  page,
  workbench,
}) => {
  const design = astigmatic();
  const frames = [];
  for (let k = 0; k < FRAMES; k++) frames.push(npyFile(`f${k}.npy`, await simulate(design, TRUE, k + 1)));
  await workbench.openSettled();
  const json = new TextEncoder().encode(serializeDesign(design));
  await workbench.openFiles({ name: 'astigmatic.json', bytes: json });
  await workbench.settled();
  await workbench.openFiles(...frames);
  await page.getByRole('tab', { name: 'Movie' }).click();
  await page.getByTestId('track-emitters').click();
  await page.getByTestId('localise-threshold').fill('six');
  await expect(page.getByTestId('localise-notes')).toContainText('“six” is not a number above 0: 6 is used');
  await page.getByTestId('localise-threshold').fill('6');
  await expect(page.getByTestId('localise-notes')).toBeHidden();
  await page.getByTestId('localise-start').click();
  await expect(page.getByTestId('localise-status')).toContainText(`${FRAMES} emitters in ${FRAMES} frames`, {
    timeout: 60_000,
  });
  const columns = await Promise.all(
    [3, 4, 5].map((k) =>
      page.locator(`[data-testid="localise-table"] tbody tr td:nth-child(${k})`).allTextContents(),
    ),
  );
  // Pixels of 100 nm, the middle one of 49 begins at 2400 nm; five errors of 6 nm across and 11 nm along.
  const expected = [2450 + 420, 2450 - 300, 200];
  columns.forEach((texts, a) => {
    expect(texts).toHaveLength(FRAMES);
    for (const text of texts) {
      const off = Number(text.replaceAll('−', '-')) - (expected[a] ?? 0);
      expect(Math.abs(off)).toBeLessThan(a < 2 ? 30 : 55);
    }
  });
  await expect(page.locator('.js-plotly-plot')).toBeVisible();
  // A map of the camera's pixels that is too small is refused in words, by the emitters of the movie too.
  await page.locator('.react-flow__node[data-id="camera"]').click();
  await page.getByTestId('field-camera.sensor').selectOption('detailed');
  const small = npyFile('small.npy', { data: new Float32Array(9).fill(1), shape: [3, 3] });
  await page.getByTestId('upload-camera.gainMap').setInputFiles({
    name: small.name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(small.bytes),
  });
  await expect(page.getByTestId('field-camera.gainMap')).toHaveValue(/small/);
  await page.getByTestId('localise-start').click();
  await expect(page.getByTestId('localise-notes')).toContainText(
    'The gain map has 3 × 3 pixels, the movie 49 × 49.',
    {
      timeout: 60_000,
    },
  );
});
