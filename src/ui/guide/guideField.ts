/** All picked beads in one design with “Beads over the field”. React-free. */
import { calibrationFields, calibrationKey } from '../../graph/guided/calibration.ts';
import { FIELD_ID, fieldDesign, fieldProblem } from '../../graph/guided/fieldDesign.ts';
import { defaultRung, rungsOf } from '../../graph/guided/ladder.ts';
import { withRung } from '../../graph/guided/rungs.ts';
import { documentStore, registry } from '../stores/app.ts';
import { openDesign } from '../stores/opening.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { goToStep } from './guideActions.ts';
import { dropBatch } from './guideBatch.ts';
import { planesApart, pointOptics, stepOfFile } from './guideParts.ts';
import { type GuideState, guideStore } from './guideStore.ts';

type Given = Pick<GuideState, 'file' | 'beads' | 'picked'>;

const pickedOf = ({ beads, picked }: Given) => picked.flatMap((index) => beads[index] ?? []);

/** Why the picked beads cannot be fitted together; null where they can, undefined where nobody asks. */
export function togetherProblem(state: Given & Pick<GuideState, 'kind'>): string | null | undefined {
  const { file, kind, picked } = state;
  if (file === null || kind !== 'beadStack' || picked.length < 2) return undefined;
  return fieldProblem({ pixels: file.pixels, beads: pickedOf(state) });
}

/** Opens the joint design, with the instrument that was confirmed and the aberrations that the first bead gave. */
export function fitTogether(): void {
  const state = guideStore.getState();
  const { design } = documentStore.getState();
  const { file } = state;
  const optics = pointOptics(design);
  if (file === null || optics === null || togetherProblem(state) !== null) return;
  dropBatch();
  const [plain] = rungsOf('beadStack', design);
  const base = plain === undefined ? design : withRung(design, registry, plain);
  const joint = fieldDesign(base, registry, {
    ...{ pixels: file.pixels, name: file.image.name, beads: pickedOf(state) },
    optics: { ...optics, step: stepOfFile(design, planesApart(state)) },
  });
  const rungs = rungsOf('beadField', joint);
  const rung = rungs.find(({ id }) => id === defaultRung('beadField'));
  const known = rung === undefined ? joint : withRung(joint, registry, rung);
  openDesign(known);
  // What the beads are and where is at the element; its numbers were confirmed before.
  const fields = calibrationFields(known, registry, 'beadField');
  guideStore.setState({
    ...{ kind: 'beadField', documentId: documentStore.getState().id, problem: null },
    confirmed: calibrationKey(known, registry, fields),
  });
  selectionStore.getState().select([FIELD_ID]);
  goToStep('unknowns');
}
