/** The page as a person uses it: what can be clicked, typed and read, by role and test id. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Design } from '../../src/graph/document.ts';
import type { FitState } from '../../src/ui/stores/engineStore.ts';
import type { View } from '../../src/workers/protocol.ts';

/** A view whose samples came over as a plain list. */
export type Frame = Omit<View, 'data'> & { readonly data: readonly number[] };

export interface PortRef {
  readonly node: string;
  readonly port: string;
}

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(path = '/?test'): Promise<void> {
    await this.page.goto(path);
    await this.page.waitForFunction(() => window.__luminode !== undefined);
  }

  async openSettled(): Promise<void> {
    await this.open();
    await this.settled();
  }

  /** Waits until the pictures belong to the document as it is. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(() => window.__luminode?.isSettled() === true);
  }

  async design(): Promise<Design> {
    return this.page.evaluate(() => {
      if (window.__luminode === undefined) throw new Error('The page has no test hook.');
      return window.__luminode.design();
    });
  }

  async frame(nodeId: string): Promise<Frame> {
    await this.settled();
    await expect
      .poll(() => this.page.evaluate((id) => window.__luminode?.frame(id) !== null, nodeId))
      .toBe(true);
    return this.page.evaluate((id) => window.__luminode?.frame(id) as Frame, nodeId);
  }

  async fitState(): Promise<FitState> {
    return this.page.evaluate(() => {
      if (window.__luminode === undefined) throw new Error('The page has no test hook.');
      return window.__luminode.fit();
    });
  }

  get title(): Locator {
    return this.page.getByTestId('document-title');
  }

  get backendChip(): Locator {
    return this.page.getByTestId('status-backend');
  }

  get toasts(): Locator {
    return this.page.getByRole('status');
  }

  get problems(): Locator {
    return this.page.getByTestId('problems-list');
  }

  card(nodeId: string): Locator {
    return this.page.getByTestId(`node-${nodeId}`);
  }

  get cards(): Locator {
    return this.page.locator('[data-testid^="node-"]:not([data-testid="node-preview"])');
  }

  get wires(): Locator {
    return this.page.locator('.react-flow__edge');
  }

  async newDocument(): Promise<void> {
    await this.page.getByTestId('file-menu').click();
    await this.page.getByTestId('file-new').click();
    await expect(this.cards).toHaveCount(0);
  }

  async openExample(id: string): Promise<void> {
    await this.page.getByTestId('examples-menu').click();
    await this.page.getByTestId(`example-${id}`).click();
  }

  async chooseBackend(name: 'Automatic' | 'WebGPU' | 'WebAssembly' | 'Reference'): Promise<void> {
    await this.page.getByTestId('settings-menu').click();
    await this.page.getByRole('menuitemradio', { name }).click();
    await this.page.keyboard.press('Escape');
  }

  /** Selects one node by its title bar. */
  async select(nodeId: string): Promise<void> {
    const inspector = this.page.getByTestId('inspector');
    const shown = inspector.locator('code', { hasText: new RegExp(`^${nodeId}$`) });
    if (await shown.isVisible()) return;
    const head = this.card(nodeId).locator('header');
    await head.click({ position: { x: 40, y: 12 } });
    await expect(shown).toBeVisible();
  }

  async clearSelection(): Promise<void> {
    const panel = this.page.getByTestId('document-panel');
    // The first Escape may belong to a hint that is open.
    await expect(async () => {
      if (!(await panel.isVisible())) await this.page.keyboard.press('Escape');
      await expect(panel).toBeVisible({ timeout: 500 });
    }).toPass();
  }

  /** The field of a parameter ("camera.pixelPitch") in the inspector. */
  async field(path: string): Promise<Locator> {
    const [nodeId = ''] = path.split('.');
    if (nodeId === 'grid' || nodeId === 'seed' || nodeId === 'fit') await this.clearSelection();
    else await this.select(nodeId);
    return this.page.getByTestId(`field-${path}`);
  }

  /** Types a value, in any unit that the field understands, and commits it with Enter. */
  async setField(path: string, text: string): Promise<void> {
    const field = await this.field(path);
    await field.click();
    await field.fill(text);
    await field.press('Enter');
    await expect(field).not.toBeFocused();
  }

  async chooseOption(path: string, value: string): Promise<void> {
    const field = await this.field(path);
    await field.selectOption(value);
  }

  slider(title: string): Locator {
    return this.page.getByRole('slider', { name: `${title}, slider` });
  }

  port(nodeId: string, port: string): Locator {
    return this.page.locator(`.react-flow__handle[data-nodeid="${nodeId}"][data-handleid="${port}"]`);
  }

  /** Drags from one port to another and lets go there. */
  async dragWire(from: PortRef, to: PortRef, release = true): Promise<void> {
    const start = await centreOf(this.port(from.node, from.port));
    const end = await centreOf(this.port(to.node, to.port));
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    if (release) await this.page.mouse.up();
  }

  async tidy(): Promise<void> {
    await this.page.getByTestId('tidy-layout').click();
    await this.fitView();
  }

  async fitView(): Promise<void> {
    await this.page.getByRole('button', { name: 'Fit the view' }).click();
    await this.viewStill();
  }

  /** The camera glides for 150 ms, on a busy machine later and longer; positions read meanwhile would be wrong. */
  async viewStill(): Promise<void> {
    await this.page.evaluate(async () => {
      const place = () => document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform;
      let before: string | undefined;
      do {
        before = place();
        await new Promise((resolve) => setTimeout(resolve, 250));
      } while (place() !== before);
    });
  }

  async showTab(tab: 'image' | 'profile' | 'loss' | 'results' | 'residual' | 'analysis'): Promise<void> {
    await this.page.getByTestId(`dock-tab-${tab}`).click();
  }

  /** Gives files to the page as “Open…” does. */
  async openFiles(...files: readonly TestFile[]): Promise<void> {
    await this.page.getByTestId('open-file-input').setInputFiles(files.map(asPayload));
  }

  /** Gives an image to a target node through its own upload button. */
  async uploadTarget(nodeId: string, file: TestFile): Promise<void> {
    await this.select(nodeId);
    await this.page.getByTestId(`upload-${nodeId}.image`).setInputFiles(asPayload(file));
    await expect.poll(async () => imageNameOf(await this.design(), nodeId)).toBe(file.name);
    await this.settled();
  }

  get runButton(): Locator {
    return this.page.getByTestId('run-button');
  }

  /** Runs the fit to its end. */
  async runFit(timeout = 120_000): Promise<void> {
    await this.runButton.click();
    await this.fitEnded(timeout);
  }

  /** Waits for the end of the fit that runs. */
  async fitEnded(timeout = 120_000): Promise<void> {
    await expect
      .poll(
        async () => {
          const { status, result, error } = await this.fitState();
          return error ?? (status === 'idle' && result !== null ? 'done' : 'running');
        },
        { timeout, intervals: [200] },
      )
      .not.toBe('running');
    const { error } = await this.fitState();
    expect(error).toBeNull();
    await this.settled();
  }

  /** The table of results as it is written on screen, by parameter path. */
  async readResults(): Promise<ReadonlyMap<string, ResultRow>> {
    await this.showTab('results');
    const table = this.page.getByTestId('results-table');
    await expect(table).toBeVisible();
    const rows = await table.locator('tbody tr').evaluateAll((elements) =>
      elements.map((row) => ({
        path: (row as HTMLElement).dataset['path'] ?? '',
        // The truth stands there only beside simulated measurements, the spread between losses only after quick fits.
        cells: [...row.children]
          .filter((cell) => (cell as HTMLElement).dataset['column'] === undefined)
          .map((cell) => cell.textContent ?? ''),
      })),
    );
    return new Map(rows.map(({ path, cells }) => [path, parseRow(cells)]));
  }

  /** A field of the part of a target's image in use: the first and last column (x0, x1), … */
  async importField(nodeId: string, field: ImportField): Promise<Locator> {
    await this.select(nodeId);
    return this.page.getByTestId(`import-${nodeId}.${field}`);
  }

  /** Types the part of a target's image to use; first and last both count. */
  async choosePart(nodeId: string, part: Readonly<Partial<Record<ImportField, number>>>): Promise<void> {
    for (const [name, value] of Object.entries(part)) {
      const field = await this.importField(nodeId, name as ImportField);
      await field.fill(String(value));
      await field.press('Enter');
    }
    await expect(this.page.getByTestId(`import-${nodeId}.problem`)).toHaveCount(0);
    await this.settled();
  }

  /** Gives a target the image that divides its own. */
  async uploadBackground(nodeId: string, file: TestFile): Promise<void> {
    await this.select(nodeId);
    await this.page.getByTestId(`upload-${nodeId}.background`).setInputFiles(asPayload(file));
    await expect(this.page.getByTestId(`import-${nodeId}.background`)).toContainText(file.name);
    await this.settled();
  }
}

/** SI values of the units of the results table that do not depend on the wavelength. */
export const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1,
  mm: 1e-3,
  µm: 1e-6,
  nm: 1e-9,
  px: 1,
  'e-': 1,
};

export interface ResultRow {
  /** In `unit`. */
  readonly value: number;
  /** NaN when the table says that it is unknown. */
  readonly sigma: number;
  readonly unit: string;
  readonly pixel: number;
  readonly note: string;
}

function parseRow(cells: readonly string[]): ResultRow {
  const [, , text = '', unit = '', pixel = '', note = ''] = cells;
  const [value = '', sigma = ''] = text.split('±').map((part) => part.trim().replaceAll('−', '-'));
  return {
    value: Number(value),
    sigma: Number(sigma),
    unit,
    pixel: pixel === '' ? Number.NaN : Number(pixel.replaceAll('−', '-')),
    note,
  };
}

export type ImportField = 'x0' | 'x1' | 'y0' | 'y1' | 'plane0' | 'plane1' | 'every';

export interface TestFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function asPayload({ name, bytes }: TestFile) {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
}

function imageNameOf(design: Design, nodeId: string): string | undefined {
  const id = design.nodes.find((node) => node.id === nodeId)?.params['image'];
  return typeof id === 'string' ? design.images[id]?.name : undefined;
}

export async function centreOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator.toString()} is not on screen.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags an element from the palette to a place of the canvas, given as shares of its width and height. */
export async function paletteDrag(
  workbench: Workbench,
  type: string,
  place: { readonly x: number; readonly y: number },
): Promise<void> {
  const { page } = workbench;
  const canvas = page.locator('[data-graph]');
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('The canvas is not on screen.');
  const count = await workbench.cards.count();
  await page.getByTestId(`palette-item-${type}`).dragTo(canvas, {
    targetPosition: { x: place.x * box.width, y: place.y * box.height },
  });
  await expect(workbench.cards).toHaveCount(count + 1);
}
