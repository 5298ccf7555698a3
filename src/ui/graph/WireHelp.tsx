import { useStore } from 'zustand';
import { moduleClasses } from '../parts/classNames.ts';
import { Keys } from '../parts/Hint.tsx';
import { uiStore } from '../stores/uiStore.ts';
import styles from './graph.module.css';
import { portName } from './wiring.ts';

const cx = moduleClasses(styles);

/** Says what the keys do while a wire is drawn from the keyboard. */
export function WireHelp() {
  const wire = useStore(uiStore, (state) => state.wire);
  if (wire === null || wire.by !== 'keyboard') return null;
  const pointed = wire.candidates[wire.index];
  return (
    <div className={cx('wireHelp')} data-testid="wire-help">
      {portName(wire.from)} → <strong>{pointed === undefined ? '…' : portName(pointed)}</strong>{' '}
      <Keys keys="← →" /> choose <Keys keys="Enter" /> connect <Keys keys="C" /> next port <Keys keys="Esc" />{' '}
      cancel
    </div>
  );
}
