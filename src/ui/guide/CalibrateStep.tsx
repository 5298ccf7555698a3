import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import { noticedFactors } from '../../graph/fringeScale.ts';
import {
  type CalibrationField,
  calibrationFields,
  calibrationKey,
  SOURCE_WORDS,
  sourceNow,
} from '../../graph/guided/calibration.ts';
import { TYPICAL_READ_ELECTRONS } from '../../graph/guided/cameraEstimate.ts';
import { checkDepth, measuredDepth } from '../../graph/guided/pointDepth.ts';
import { checkWidth, measuredWidth } from '../../graph/guided/pointWidth.ts';
import { measuredFineness, measuredNotes } from '../../graph/prepare.ts';
import { UnitSwitch } from '../inspector/FieldParts.tsx';
import styles from '../inspector/fields.module.css';
import { NumberField } from '../inspector/NumberField.tsx';
import { fieldUnit, readValue, unitsOf, valueText } from '../inspector/quantityText.ts';
import { softRangeOf } from '../inspector/scale.ts';
import { useElementType, useParam } from '../inspector/useParam.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { settle, setValue } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { formatValue } from '../views/format.ts';
import guideStyles from './guide.module.css';
import { confirmCalibration } from './guideActions.ts';
import { numberAt, planesApart, pointOptics } from './guideParts.ts';
import { guideStore } from './guideStore.ts';

const cx = moduleClasses(guideStyles);
const fx = moduleClasses(styles);

/** What the model has to be told; nothing is fitted before somebody has said that it is right. */
export function CalibrateStep() {
  const kind = useStore(guideStore, (state) => state.kind);
  const confirmed = useStore(guideStore, (state) => state.confirmed);
  const camera = useStore(guideStore, (state) => state.file?.camera ?? null);
  const design = useStore(documentStore, (state) => state.design);
  if (kind === null) return null;
  const fields = calibrationFields(design, registry, kind);
  const isConfirmed = confirmed === calibrationKey(design, registry, fields);
  const asksForCamera = fields.some(({ param }) => param === 'gain');
  return (
    <>
      <p className={cx('words')}>
        These numbers of your instrument are taken as known. What is wrong here ends up as a wrong result.
      </p>
      <div className={cx('fields')}>
        {fields.map((field) => (
          <Field key={field.path} field={field} />
        ))}
      </div>
      {asksForCamera && (
        <p className={cx('words', 'small')}>
          {camera === null
            ? 'The image cannot tell the camera’s gain and offset: take them from its data sheet. For a gain of 1 and an offset of 0 the values must be photons already.'
            : `Gain and offset follow from how the scatter grows with the brightness, with a read noise of ${TYPICAL_READ_ELECTRONS} electrons taken as usual. Better are the camera’s own numbers.`}
        </p>
      )}
      <SanityLine />
      <DepthLine />
      <label className={cx('confirm')}>
        <input
          type="checkbox"
          checked={isConfirmed}
          data-testid="guide-confirm"
          onChange={(event) => confirmCalibration(event.currentTarget.checked)}
        />
        These are my instrument’s numbers.
      </label>
    </>
  );
}

function Field({ field: { nodeId, param, path } }: { readonly field: CalibrationField }) {
  const given = useStore(guideStore, (state) => state.given);
  const apart = useStore(guideStore, planesApart);
  const stored = useParam(nodeId, param);
  const type = useElementType(nodeId);
  const chosen = useStore(settingsStore, (state) => state.units[`${type}.${param}`]);
  const source = useStore(documentStore, ({ design }) => sourceNow(design, registry, given, path));
  const spec = registry.get(type)?.params[param];
  if (spec?.kind !== 'quantity') return null;
  // Where not every plane of the file is in use, the design has a multiple of the file's step.
  const times = param === 'zStep' ? apart : 1;
  const title =
    times > 1
      ? 'Step between planes of the file'
      : type === 'bead'
        ? `Bead: ${spec.title.toLowerCase()}`
        : spec.title;
  const unit = fieldUnit(spec, param, nodeId, chosen);
  const value = Number(((typeof stored === 'number' ? stored : spec.default) / times).toPrecision(12));
  return (
    <div className={fx('row')}>
      <div className={fx('line')}>
        <span className={cx('name')} title={spec.doc}>
          {title}
          <small
            className={cx('source', (source === 'example' || source === 'assumed') && 'doubt')}
            data-testid={`guide-source-${path}`}
            data-source={source}
          >
            {SOURCE_WORDS[source]}
          </small>
          {param === 'diameter' && <small className={cx('source')}>0 = a point</small>}
        </span>
        <NumberField
          label={title}
          testId={`field-${path}`}
          value={value}
          factor={unit.factor}
          range={softRangeOf(spec)}
          text={valueText(value, unit)}
          parse={(typed) => readValue(path, typed, unit)}
          after={<UnitSwitch unit={unit} units={unitsOf(spec, param, nodeId)} unitKey={`${type}.${param}`} />}
          onChange={(next, final) => setValue(path, Number((next * times).toPrecision(12)), final)}
          onSettle={settle}
        />
      </div>
      {times > 1 && <p className={fx('note')}>Every {times}th plane is fitted: enough, and faster.</p>}
    </div>
  );
}

/** Whether the image is as fine as these numbers make it. */
function SanityLine() {
  const file = useStore(guideStore, (state) => state.file);
  const kind = useStore(guideStore, (state) => state.kind);
  const bead = useStore(guideStore, ({ beads, picked }) => beads[picked[0] ?? -1]);
  const half = useStore(guideStore, (state) => state.half);
  const design = useStore(documentStore, (state) => state.design);
  const measured = useMemo(
    () =>
      file === null || bead === undefined
        ? null
        : measuredWidth(file.pixels, bead, Math.max(12, Math.round(half / 2))),
    [file, bead, half],
  );
  const rings = useMemo(() => (kind === 'hologram' ? ringsCheck(design) : null), [kind, design]);
  const optics = pointOptics(design);
  if (rings !== null) return <Sanity verdict={rings.verdict}>{rings.words}</Sanity>;
  if (measured === null || optics === null) {
    if (bead !== undefined || file === null) return null;
    return <Sanity verdict="doubtful">No bright spot was found: choose its place in the next step.</Sanity>;
  }
  const { sentence, verdict } = checkWidth(measured, optics);
  return <Sanity verdict={verdict}>{sentence}</Sanity>;
}

/** Whether rings are possible, and which mistakes they would not show. */
function ringsCheck(design: Design): { readonly verdict: 'good' | 'doubtful'; readonly words: string } {
  const [doubt] = measuredNotes(design, registry);
  if (doubt !== undefined) return { verdict: 'doubtful', words: doubt };
  const fineness = measuredFineness(design, registry);
  if (fineness === null)
    return {
      verdict: 'doubtful',
      words: 'Noise hides the rings: they cannot tell whether the pixel size is right.',
    };
  const { small, large } = noticedFactors(fineness);
  const share = `The finest rings reach ${Math.round(100 * fineness)} % of what the aperture passes: good.`;
  const limits = `A pixel pitch ${formatValue(small, 2)} times too small, or ${formatValue(large, 2)} times too large, would be noticed; a smaller mistake would not.`;
  return { verdict: 'good', words: `${share} ${limits}` };
}

/** Whether a stack is as deep as these numbers make it. */
function DepthLine() {
  const file = useStore(guideStore, (state) => state.file);
  const bead = useStore(guideStore, ({ beads, picked }) => beads[picked[0] ?? -1]);
  const half = useStore(guideStore, (state) => state.half);
  const apart = useStore(guideStore, planesApart);
  const design = useStore(documentStore, (state) => state.design);
  const measured = useMemo(
    () =>
      file === null || bead === undefined || file.pixels.planes < 3
        ? null
        : measuredDepth(file.pixels, bead, Math.max(12, Math.round(half / 2))),
    [file, bead, half],
  );
  const optics = pointOptics(design);
  const step = numberAt(design, 'stack', 'zStep');
  if (measured === null || optics === null || step === null) return null;
  const check = checkDepth(measured, { ...optics, step: step / apart });
  if (check === null) return null;
  return (
    <Sanity verdict={check.verdict} testId="guide-depth">
      {check.sentence}
    </Sanity>
  );
}

function Sanity({
  verdict,
  children,
  testId = 'guide-sanity',
}: {
  readonly verdict: 'good' | 'doubtful' | 'wrong';
  readonly children: string;
  readonly testId?: string;
}) {
  return (
    <p className={cx('note', verdict)} role="status" data-testid={testId} data-verdict={verdict}>
      {children}
    </p>
  );
}
