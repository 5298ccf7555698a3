import { Pause, Play, Square } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { describeEnding, shortProgress } from '../stores/fitWords.ts';
import { withdrawToast } from '../stores/uiStore.ts';
import { formatValue } from '../views/format.ts';
import { viewStore } from '../views/viewStore.ts';
import styles from './guide.module.css';

const cx = moduleClasses(styles);

/** The fit, with data, model and residual live below the graph. */
export function RunStep() {
  const status = useStore(engineStore, (state) => state.fit.status);
  const ready = useStore(engineStore, (state) => state.connection === 'ready');
  const progress = useStore(engineStore, ({ fit }) => (fit.status === 'idle' ? '' : shortProgress(fit)));
  const searched = useStore(engineStore, (state) => state.fit.searched);
  const loss = useStore(engineStore, (state) => state.loss);
  const result = useStore(engineStore, (state) => state.fit.result);
  const error = useStore(engineStore, (state) => state.fit.error);
  useEffect(() => viewStore.getState().setTab('residual'), []);
  useEffect(() => {
    // It stands here; the message would lie over the residual.
    if (result !== null && status === 'idle') withdrawToast(describeEnding(result));
  }, [result, status]);
  const isRunning = status === 'running';
  return (
    <>
      <p className={cx('words')}>
        Start values come from the image; then places and sizes are searched, then all unknowns fitted
        together. It can be paused and stopped at any time: the best values are kept.
      </p>
      <div className={cx('buttons')}>
        {isRunning ? (
          <Button look="primary" data-testid="guide-pause" onClick={() => session.pause()}>
            <Pause size={14} /> Pause
          </Button>
        ) : (
          <Button
            look="primary"
            disabled={!ready || status === 'stopping'}
            data-testid="guide-run"
            onClick={() => session.run()}
          >
            <Play size={14} /> {status === 'paused' ? 'Resume' : 'Run the fit'}
          </Button>
        )}
        <Button
          look="outlined"
          disabled={status === 'idle' || status === 'stopping'}
          data-testid="guide-stop"
          onClick={() => session.stop()}
        >
          <Square size={14} /> Stop
        </Button>
      </div>
      {status !== 'idle' && (
        <>
          <progress
            className={cx('bar')}
            aria-label="Progress of the fit"
            {...(searched === null ? {} : { value: searched })}
          />
          <p className={cx('words')} data-testid="guide-progress">
            {progress}
            {loss === null ? '' : `, loss ${formatValue(loss)}`}
          </p>
        </>
      )}
      {status === 'idle' && error !== null && (
        <p role="alert" className={cx('problem')}>
          {error}
        </p>
      )}
      {status === 'idle' && error === null && result !== null && (
        <p className={cx('note', result.converged ? 'good' : 'doubtful')} data-testid="guide-ending">
          {describeEnding(result)}
        </p>
      )}
    </>
  );
}
