import { useStore } from 'zustand';
import { moduleClasses } from '../parts/classNames.ts';
import { Keys } from '../parts/Hint.tsx';
import { Modal } from '../parts/Modal.tsx';
import { openDialog, uiStore } from '../stores/uiStore.ts';
import styles from './app.module.css';
import { COMMANDS, keyText } from './commands.ts';

const cx = moduleClasses(styles);

interface Line {
  readonly keys: string;
  readonly text: string;
}

const FIELD_KEYS: readonly Line[] = [
  { keys: 'drag', text: 'Scrub a number; Shift is 10 times finer, Alt 100 times, Ctrl snaps' },
  { keys: '↑ ↓', text: 'Step; Page Up and Page Down step by ten' },
  { keys: 'Enter', text: 'Commit what was typed: 0.53um, 20 nm, lambda/4' },
  { keys: 'Esc', text: 'Restore the value' },
];

const GRAPH_KEYS: readonly Line[] = [
  { keys: 'Tab', text: 'Walk through the elements; arrows do in the list at the left' },
  { keys: '← ↑ ↓ →', text: 'Move the selected elements' },
  { keys: 'C, arrows, Enter', text: 'Draw a wire without the mouse' },
  { keys: 'double-click', text: 'Insert an element there' },
  { keys: 'hold B', text: 'See the state before the fit' },
  { keys: 'Mod+C X V', text: 'Copy, cut, paste elements' },
];

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly Line[] }) {
  return (
    <section>
      <h3 className={cx('sheetTitle')}>{title}</h3>
      <dl className={cx('sheet')}>
        {lines.map(({ keys, text }) => (
          <div key={text}>
            <dt>{text}</dt>
            <dd>
              <Keys keys={keyText(keys)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function commandLines(...groups: readonly string[]): readonly Line[] {
  return COMMANDS.flatMap(({ group, title, keys }) =>
    keys !== undefined && groups.includes(group) ? [{ keys, text: title }] : [],
  );
}

/** All keys (?). */
export function ShortcutSheet() {
  const open = useStore(uiStore, (state) => state.dialog === 'shortcuts');
  return (
    <Modal open={open} title="Keyboard shortcuts" onClose={() => openDialog(null)}>
      <div className={cx('sheetColumns')} data-testid="shortcut-sheet">
        <Lines title="Edit" lines={commandLines('Edit')} />
        <Lines title="Graph" lines={GRAPH_KEYS} />
        <Lines title="Number fields" lines={FIELD_KEYS} />
        <Lines title="Fit and view" lines={commandLines('Fit', 'View')} />
        <Lines title="File and help" lines={commandLines('File', 'Help')} />
      </div>
      <p className={cx('sheetNote')}>
        Single letters rest while you type, and can be switched off in the settings.
      </p>
    </Modal>
  );
}
