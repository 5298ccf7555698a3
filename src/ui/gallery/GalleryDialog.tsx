import { CircleAlert, CircleCheck, LoaderCircle, Search, Target } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Example, ExampleTopic } from '../../graph/examples/example.ts';
import { examples } from '../../graph/examples/index.ts';
import type { GalleryOutcome } from '../../workers/galleryClient.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Modal } from '../parts/Modal.tsx';
import { openExample } from '../stores/files.ts';
import { galleryStore, runMissing, stopRunning } from '../stores/galleryStore.ts';
import { openDialog, uiStore } from '../stores/uiStore.ts';
import { litPart, PreviewPainter } from '../views/previewPainter.ts';
import styles from './gallery.module.css';
import { foundExamples, LEVEL_TITLES, proofText, TOPIC_TITLES } from './galleryWords.ts';

const cx = moduleClasses(styles);
const START_MILLISECONDS = 250;
const TOPICS = (Object.keys(TOPIC_TITLES) as ExampleTopic[]).filter((topic) =>
  examples.some((example) => example.topic === topic),
);

const LEVELS = Object.keys(LEVEL_TITLES) as Example['level'][];

/** Every ready system with its picture, computed here and now, and the number that proves it. */
export function GalleryDialog() {
  const open = useStore(uiStore, (state) => state.dialog === 'gallery');
  return (
    <Modal open={open} wide title="Gallery" onClose={() => openDialog(null)}>
      <Gallery />
    </Modal>
  );
}

function Gallery() {
  const [query, setQuery] = useState('');
  const [topic, setTopic] = useState(() => uiStore.getState().galleryTopic);
  const [level, setLevel] = useState<Example['level'] | null>(null);
  const found = useMemo(() => foundExamples(examples, query, topic, level), [query, topic, level]);
  useEffect(() => {
    // Who opens a system at once, by keyboard or from a test, needs no engine for pictures.
    const timer = setTimeout(runMissing, START_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      stopRunning();
    };
  }, []);
  return (
    <div className={cx('gallery')} data-testid="gallery">
      <div className={cx('filters')}>
        <label className={cx('search')}>
          <Search size={14} aria-hidden="true" />
          <input
            type="search"
            data-first
            placeholder="Search systems"
            aria-label="Search systems"
            data-testid="gallery-search"
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
        <fieldset className={cx('topics')} aria-label="Level">
          <TopicButton title="All levels" pressed={level === null} onPress={() => setLevel(null)} />
          {LEVELS.map((each) => (
            <TopicButton
              key={each}
              title={LEVEL_TITLES[each]}
              pressed={level === each}
              onPress={() => setLevel(level === each ? null : each)}
            />
          ))}
        </fieldset>
        <fieldset className={cx('topics')} aria-label="Topic">
          <TopicButton title="All topics" pressed={topic === null} onPress={() => setTopic(null)} />
          {TOPICS.map((each) => (
            <TopicButton
              key={each}
              title={TOPIC_TITLES[each]}
              pressed={topic === each}
              onPress={() => setTopic(topic === each ? null : each)}
            />
          ))}
        </fieldset>
      </div>
      <div className={cx('cards')}>
        {found.map((example) => (
          <GalleryCard key={example.id} example={example} />
        ))}
      </div>
      {found.length === 0 && <p className={cx('none')}>No system matches.</p>}
    </div>
  );
}

function TopicButton(props: {
  readonly title: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button type="button" className={cx('topic')} aria-pressed={props.pressed} onClick={props.onPress}>
      {props.title}
    </button>
  );
}

/** Arrow keys go from card to card as they lie. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const cards = [...(event.currentTarget.parentElement?.children ?? [])] as HTMLElement[];
  const columns = cards.filter(({ offsetTop }) => offsetTop === cards[0]?.offsetTop).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  const next = step === undefined ? undefined : cards[cards.indexOf(event.currentTarget) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function GalleryCard({ example }: { readonly example: Example }) {
  const outcome = useStore(galleryStore, ({ outcomes }) => outcomes[example.id]);
  return (
    <button
      type="button"
      className={cx('card')}
      data-testid={`example-${example.id}`}
      onKeyDown={moveFocus}
      onClick={() => {
        openDialog(null);
        openExample(example.id);
      }}
    >
      <Picture outcome={outcome} />
      <span className={cx('words')}>
        <strong>{example.title}</strong>
        <span>{example.summary}</span>
        <small>
          {TOPIC_TITLES[example.topic]} · {LEVEL_TITLES[example.level]}
        </small>
        <ProofLine example={example} outcome={outcome} />
      </span>
    </button>
  );
}

function Picture({ outcome }: { readonly outcome: GalleryOutcome | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const preview = outcome?.kind === 'shown' ? outcome.result.preview : null;
  useEffect(() => {
    if (canvas.current === null) return;
    const painter = new PreviewPainter(canvas.current, litPart);
    painter.set(preview);
    return () => painter.dispose();
  }, [preview]);
  return (
    <span className={cx('picture')} aria-hidden="true">
      <canvas ref={canvas} width={1} height={1} />
      {preview === null && outcome === undefined && <LoaderCircle size={18} />}
    </span>
  );
}

/** Whether the system's number holds in this browser. */
function ProofLine({
  example: { proof, goal },
  outcome,
}: {
  readonly example: Example;
  readonly outcome: GalleryOutcome | undefined;
}) {
  if (outcome?.kind === 'failed') {
    return (
      <span className={cx('proof', 'bad')}>
        <CircleAlert size={14} aria-label="Failed" />
        {outcome.message}
      </span>
    );
  }
  if (proof === null) {
    return goal === undefined ? null : (
      <span className={cx('proof')} data-goal="">
        <Target size={14} aria-label="Goal of its fit" />
        <span>
          {goal.statement}
          <small>Open it and run the fit to see</small>
        </span>
      </span>
    );
  }
  if (outcome === undefined || outcome.result.value === null) {
    return (
      <span className={cx('proof')}>
        <LoaderCircle size={14} aria-label="Not measured yet" />
        {proof.statement}
      </span>
    );
  }
  const { passed, value } = outcome.result;
  return (
    <span
      className={cx('proof', passed === true ? 'good' : 'bad')}
      data-proof={passed === true ? 'holds' : 'fails'}
    >
      {passed === true ? (
        <CircleCheck size={14} aria-label="Checked here" />
      ) : (
        <CircleAlert size={14} aria-label="Does not hold here" />
      )}
      <span>
        {proof.statement}
        <small>{proofText(proof, value)}</small>
      </span>
    </span>
  );
}
