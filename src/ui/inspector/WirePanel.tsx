import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Design } from '../../graph/document.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { titleOf } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { readoutText } from '../views/readouts.ts';
import { useAnalysis } from '../views/useAnalysis.ts';
import styles from './inspector.module.css';

const cx = moduleClasses(styles);

/** What travels on the selected wire, and whether its samples can be trusted. */
export function WirePanel({ edgeId }: { readonly edgeId: string }) {
  const ends = useStore(
    documentStore,
    useShallow(({ design }: { readonly design: Design }) => {
      const edge = design.edges.find(({ id }) => id === edgeId);
      return edge === undefined ? null : { from: edge.from.node, port: edge.from.port, to: edge.to.node };
    }),
  );
  if (ends === null) return null;
  return (
    <section className={cx('section')} aria-label="On this wire" data-testid="wire-panel">
      <h3 className={cx('sectionTitle')}>On this wire</h3>
      <p className={cx('summary')}>
        From “{titleOf(ends.from)}” to “{titleOf(ends.to)}”.
      </p>
      <WireReport nodeId={ends.from} port={ends.port} />
    </section>
  );
}

const LEVEL_TITLES = { good: 'Well sampled', doubtful: 'Doubtful', bad: 'Wrong' } as const;

function WireReport({ nodeId, port }: { readonly nodeId: string; readonly port: string }) {
  const report = useAnalysis(nodeId, port);
  if (report === null) {
    return (
      <p className={cx('summary')}>
        There are no samples on this wire: the element before it has not been computed, or it hands on light
        as a function of direction, which the next element samples.
      </p>
    );
  }
  const { health } = report;
  const rows = [
    ...report.facts.map(({ title, text }) => [title, text] as const),
    ...report.readouts.map((readout) => [readout.title, readoutText(readout)] as const),
  ];
  return (
    <>
      {health !== null && (
        <p className={cx('health', health.level)} role="status" data-testid="wire-health">
          <strong>{LEVEL_TITLES[health.level]}.</strong> {health.reason}
        </p>
      )}
      <dl className={cx('wireFacts')}>
        {rows.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
