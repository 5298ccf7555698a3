import { Upload, X } from 'lucide-react';
import { Fragment, type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Alignment } from '../../optics/analysis/alignment.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { documentStore } from '../stores/app.ts';
import { chooseImagePart, divideByBackground, followMovie, removeBackground } from '../stores/files.ts';
import { findRegistration, layTarget, weakSentence } from '../stores/registration.ts';
import { describeImport, type ImportSummary, type MeasuredImage, movieOf } from '../stores/targetImports.ts';
import { viewStore } from '../views/viewStore.ts';
import styles from './fields.module.css';
import { type PartDraft, type PartField, partTexts, readPart } from './importFields.ts';

const cx = moduleClasses(styles);

/** What is typed and not in use yet, of which image, and the sentence that says why. */
interface Typed {
  readonly image: MeasuredImage;
  readonly draft: PartDraft;
  readonly problem: { readonly field: PartField; readonly reason: string } | null;
}

interface PartForm {
  readonly texts: Readonly<Record<PartField, string>>;
  readonly problem: Typed['problem'];
  readonly changed: boolean;
  readonly type: (field: PartField, text: string) => void;
  /** Puts what is typed to use; false when it is refused and stays to be corrected. */
  readonly commit: (field: PartField) => boolean;
  readonly forget: () => void;
  readonly useWhole: () => void;
}

/**
 * What is typed belongs to the image shown: undo, another upload and the like bring another image and make it void.
 * It is kept in a ref as well, because Enter and blur come within one render.
 */
function usePartForm(nodeId: string, image: MeasuredImage, summary: ImportSummary): PartForm {
  const nothing: Typed = { image, draft: {}, problem: null };
  const [rendered, render] = useState<Typed>(nothing);
  const latest = useRef(rendered);
  const set = (typed: Typed): void => {
    latest.current = typed;
    render(typed);
  };
  const draftNow = (): PartDraft => (latest.current.image === image ? latest.current.draft : {});
  const shown = rendered.image === image ? rendered : nothing;
  const inUse = partTexts(summary);
  return {
    texts: { ...inUse, ...shown.draft },
    problem: shown.problem,
    changed: Object.keys(shown.draft).length > 0,
    type(field, text) {
      const { [field]: _, ...others } = draftNow();
      set({ image, draft: text === inUse[field] ? others : { ...others, [field]: text }, problem: null });
    },
    commit(field) {
      const draft = draftNow();
      if (Object.keys(draft).length === 0) return true;
      const read = readPart(summary, draft);
      const reason = read.ok ? chooseImagePart(nodeId, read) : read.reason;
      if (reason === null) set(nothing);
      else set({ image, draft, problem: { field: read.ok ? field : read.field, reason } });
      return reason === null;
    },
    forget: () => set(nothing),
    useWhole() {
      const reason = chooseImagePart(nodeId, { crop: null, planes: null });
      set({ ...nothing, problem: reason === null ? null : { field: 'x0', reason } });
    },
  };
}

/** Window, planes and background of a measured image. */
export function TargetImportPanel({
  nodeId,
  image,
}: {
  readonly nodeId: string;
  readonly image: MeasuredImage;
}) {
  const summary = describeImport(image);
  return (
    <fieldset className={cx('row', 'part')} data-testid={`import-${nodeId}`}>
      <legend className={cx('srOnly')}>Part of the image in use</legend>
      <PartFields nodeId={nodeId} image={image} summary={summary} />
      <BackgroundRow nodeId={nodeId} image={image} summary={summary} />
      <RegistrationRow nodeId={nodeId} />
      {summary.source === 'document' && (
        <p className={cx('note')} data-testid={`import-${nodeId}.source`}>
          Documents do not keep the original file: upload it again to use more of it than this.
        </p>
      )}
    </fieldset>
  );
}

/** Flip, turn, shift and scale are parameters below; here they are found. */
function RegistrationRow({ nodeId }: { readonly nodeId: string }) {
  const [isSearching, setSearching] = useState(false);
  const [weak, setWeak] = useState<Alignment | null>(null);
  return (
    <>
      <div className={cx('line')}>
        <span className={cx('label')}>Flip, turn and shift</span>
        <Button
          small
          look="outlined"
          disabled={isSearching}
          data-testid={`import-${nodeId}.register`}
          onClick={() => {
            setSearching(true);
            setWeak(null);
            void findRegistration(nodeId)
              .then(setWeak)
              .finally(() => setSearching(false));
          }}
        >
          Find the best
        </Button>
      </div>
      {weak !== null && (
        <div className={cx('note')} data-testid={`import-${nodeId}.weak`}>
          {weakSentence(weak)}
          <Button
            small
            look="outlined"
            onClick={() => {
              layTarget(nodeId, weak);
              setWeak(null);
            }}
          >
            Lay it there all the same
          </Button>
        </div>
      )}
    </>
  );
}

interface PartProps {
  readonly nodeId: string;
  readonly image: MeasuredImage;
  readonly summary: ImportSummary;
}

function PartFields({ nodeId, image, summary }: PartProps) {
  const form = usePartForm(nodeId, image, summary);
  const countId = useId();
  const stack = summary.planes > 1;
  const size = `${summary.columns} columns, ${summary.rows} rows${stack ? `, ${summary.planes} planes` : ''}`;
  const row = (title: string, fields: PartRowProps['fields']): ReactNode => (
    <PartRow title={title} fields={fields} form={form} testId={`import-${nodeId}`} countId={countId} />
  );
  return (
    <>
      <div className={cx('subhead')}>
        Part in use
        <Button
          small
          look="outlined"
          disabled={summary.whole && !form.changed}
          data-testid={`import-${nodeId}.whole`}
          onClick={form.useWhole}
        >
          {stack ? 'Whole stack' : 'Whole image'}
        </Button>
      </div>
      {row('Columns', { x0: 'First column', x1: 'Last column' })}
      {row('Rows', { y0: 'First row', y1: 'Last row' })}
      {stack && row('Planes', { plane0: 'First plane', plane1: 'Last plane' })}
      {stack && row('Every n-th plane', { every: 'Every n-th plane' })}
      {stack && (
        <div className={cx('line')}>
          <span className={cx('label')}>Not depths but times?</span>
          <Button
            small
            look="outlined"
            data-testid={`import-${nodeId}.movie`}
            onClick={() => {
              void followMovie(movieOf(image), nodeId);
              viewStore.getState().setTab('track');
            }}
          >
            Follow as a movie
          </Button>
        </div>
      )}
      <p className={cx('note', 'partNote')} id={countId}>
        First to last, both included, counted from 0. “{summary.name}” has {size}.
      </p>
    </>
  );
}

interface PartRowProps {
  readonly title: string;
  /** Names for screen readers, in the order on screen. */
  readonly fields: Readonly<Partial<Record<PartField, string>>>;
  readonly form: PartForm;
  readonly testId: string;
  readonly countId: string;
}

function PartRow({ title, fields, form, testId, countId }: PartRowProps) {
  const problemId = useId();
  const named = Object.entries(fields) as [PartField, string][];
  const problem = named.some(([field]) => field === form.problem?.field) ? form.problem : null;
  return (
    <>
      <div className={cx('line')}>
        <span className={cx('label')}>{title}</span>
        {named.map(([field, label], index) => (
          <Fragment key={field}>
            {index > 0 && <span className={cx('note')}>to</span>}
            <PartInput
              label={label}
              testId={`${testId}.${field}`}
              text={form.texts[field]}
              invalid={problem?.field === field}
              describedBy={problem?.field === field ? problemId : countId}
              onType={(text) => form.type(field, text)}
              onCommit={() => form.commit(field)}
              onForget={form.forget}
            />
          </Fragment>
        ))}
      </div>
      {problem !== null && (
        <p role="alert" id={problemId} className={cx('partProblem')} data-testid={`${testId}.problem`}>
          {problem.reason}
        </p>
      )}
    </>
  );
}

/** Enter and leaving the field put what is typed to use; a refused entry stays to be corrected, Esc drops it. */
function PartInput({
  label,
  testId,
  text,
  invalid,
  describedBy,
  onType,
  onCommit,
  onForget,
}: {
  readonly label: string;
  readonly testId: string;
  readonly text: string;
  readonly invalid: boolean;
  readonly describedBy: string;
  readonly onType: (text: string) => void;
  readonly onCommit: () => boolean;
  readonly onForget: () => void;
}) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.stopPropagation();
    if (event.key === 'Escape') onForget();
    if (event.key === 'Escape' || onCommit()) event.currentTarget.blur();
  };
  return (
    <span className={cx('number', 'partNumber', invalid && 'invalid')}>
      <input
        className={cx('numberInput', 'partInput')}
        data-testid={testId}
        aria-label={label}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        inputMode="numeric"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => onType(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={onCommit}
      />
    </span>
  );
}

/** Only holograms are divided by an image of the light without the object. */
function BackgroundRow({ nodeId, image, summary }: PartProps) {
  const name = summary.background;
  const hologram = useStore(documentStore, ({ design }) =>
    design.nodes.some((node) => node.type === 'interference'),
  );
  const input = useRef<HTMLInputElement>(null);
  /** Why a background was refused; void as soon as the image is another. */
  const [problem, setProblem] = useState<{ image: MeasuredImage; reason: string | null }>({
    image,
    reason: null,
  });
  if (!hologram && name === null) return null;
  const choose = async (file: File): Promise<void> =>
    setProblem({ image, reason: await divideByBackground(file, nodeId) });
  // What a document holds may have been divided before it was saved.
  const none =
    summary.source === 'file'
      ? 'None: an image of the same light without the object.'
      : 'None since this document was opened.';
  const reason = problem.image === image ? problem.reason : null;
  return (
    <>
      <div className={cx('line')}>
        <span className={cx('label')}>Background</span>
        <Button
          small
          look="outlined"
          aria-label={name === null ? 'Upload a background image' : 'Replace the background image'}
          onClick={() => input.current?.click()}
        >
          <Upload size={13} /> {name === null ? 'Upload…' : 'Replace…'}
        </Button>
        {name !== null && (
          <IconButton
            small
            label="Remove the background image"
            icon={<X size={14} />}
            data-testid={`import-${nodeId}.removeBackground`}
            onClick={() => setProblem({ image, reason: removeBackground(nodeId) })}
          />
        )}
        <input
          ref={input}
          hidden
          type="file"
          accept=".png,.tif,.tiff,.npy,image/png,image/tiff"
          data-testid={`upload-${nodeId}.background`}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file !== undefined) void choose(file);
          }}
        />
      </div>
      <p className={cx('note', 'backgroundName')} data-testid={`import-${nodeId}.background`}>
        {name === null ? none : `Divided by “${name}”.`}
      </p>
      {reason !== null && (
        <p role="alert" className={cx('partProblem')} data-testid={`import-${nodeId}.backgroundProblem`}>
          {reason}
        </p>
      )}
    </>
  );
}
