import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useRef } from 'react';
import { useStore } from 'zustand';
import { insertElement, insertPoint } from '../graph/flow.ts';
import { focusCard } from '../graph/focus.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Keys } from '../parts/Hint.tsx';
import { useReturningFocus } from '../parts/useReturningFocus.ts';
import { registry } from '../stores/app.ts';
import { openDialog, uiStore } from '../stores/uiStore.ts';
import styles from './app.module.css';
import { COMMANDS, keyText } from './commands.ts';

const cx = moduleClasses(styles);
const GROUPS = [...new Set(COMMANDS.map(({ group }) => group))];

/** Everything by name (Ctrl+K). */
export function CommandPalette() {
  const open = useStore(uiStore, (state) => state.dialog === 'commands');
  const close = (): void => openDialog(null);
  const chosen = useRef<(() => void) | null>(null);
  // The dialog gives the focus back first; what the command opens must have it last.
  const returning = useReturningFocus(() => {
    const action = chosen.current;
    chosen.current = null;
    action?.();
  });
  const run = (action: () => void): void => {
    chosen.current = action;
    close();
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className={cx('scrim')} />
        <Dialog.Content
          className={cx('commandBox')}
          aria-describedby={undefined}
          {...returning}
          data-testid="command-palette"
        >
          <Dialog.Title className={cx('srOnly')}>All commands</Dialog.Title>
          <Command label="All commands" loop>
            <Command.Input placeholder="Type a command or an element" />
            <Command.List className={cx('commandList')}>
              <Command.Empty className={cx('commandEmpty')}>Nothing has that name.</Command.Empty>
              {GROUPS.map((group) => (
                <Command.Group key={group} heading={group}>
                  {COMMANDS.filter((each) => each.group === group && each.id !== 'commands').map((each) => (
                    <Command.Item key={each.id} value={each.title} onSelect={() => run(each.run)}>
                      <span>{each.title}</span>
                      {each.keys !== undefined && <Keys keys={keyText(each.keys)} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
              <Command.Group heading="Add">
                {[...registry.values()].map((element) => (
                  <Command.Item
                    key={element.type}
                    value={`Add ${element.title}`}
                    keywords={[...element.keywords]}
                    onSelect={() => run(() => focusCard(insertElement(element.type, insertPoint())))}
                  >
                    <span>Add {element.title}</span>
                  </Command.Item>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
