import { useStore } from 'zustand';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Modal } from '../parts/Modal.tsx';
import { followMovie } from '../stores/files.ts';
import { answerQuestion, trackStore } from '../stores/tracking.ts';
import { viewStore } from '../views/viewStore.ts';
import styles from './fields.module.css';

const cx = moduleClasses(styles);

/** Asks what a file with many pages is: the same thing at many depths, or at many times. */
export function MovieDialog() {
  const question = useStore(trackStore, (state) => state.question);
  const follow = (): void => {
    answerQuestion('movie');
    if (question === null) return;
    void followMovie(question.movie, question.nodeId).then(() => viewStore.getState().setTab('track'));
  };
  return (
    <Modal
      open={question !== null}
      title={`“${question?.movie.name ?? ''}” has ${question?.movie.count ?? 0} pages`}
      onClose={() => answerQuestion(null)}
    >
      <div className={cx('row')}>
        <p className={cx('note')}>
          A movie shows the same place at many times: each page is fitted by itself.
        </p>
        <Button look="outlined" data-testid="movie-follow" onClick={follow}>
          A movie
        </Button>
        <p className={cx('note')}>
          A focus stack shows one moment at many depths: all pages are fitted together.
        </p>
        <Button look="outlined" data-testid="movie-stack" onClick={() => answerQuestion('stack')}>
          A focus stack
        </Button>
      </div>
    </Modal>
  );
}
