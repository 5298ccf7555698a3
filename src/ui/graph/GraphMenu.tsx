import { ContextMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { type AppCommand, command, keyText } from '../app/commands.ts';
import { moduleClasses } from '../parts/classNames.ts';
import partStyles from '../parts/parts.module.css';
import { disconnectEdges } from '../stores/actions.ts';
import { selectionStore } from '../stores/selectionStore.ts';

const cx = moduleClasses(partStyles);

const NODE_COMMANDS = ['wire', 'bypass', 'duplicate', 'heal', 'delete'];
const CANVAS_COMMANDS = ['insert', 'selectAll', 'tidy', 'fitView'];

/** The menu of the right button: for what is selected, else for the canvas. */
export function GraphMenu({ children }: { readonly children: ReactElement }) {
  const hasNodes = useStore(selectionStore, (state) => state.nodeIds.length > 0);
  const edgeIds = useStore(selectionStore, (state) => state.edgeIds);
  const ids = hasNodes ? NODE_COMMANDS : CANVAS_COMMANDS;
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          className={cx('menu')}
          collisionPadding={8}
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {!hasNodes && edgeIds.length > 0 ? (
            <>
              {/* With one wire selected, the new element goes into it. */}
              {edgeIds.length === 1 && <CommandItem item={command('insert')} />}
              <ContextMenu.Item className={cx('menuItem')} onSelect={() => disconnectEdges(edgeIds)}>
                <span className={cx('menuText')}>Remove the wire</span>
              </ContextMenu.Item>
            </>
          ) : (
            ids.map((id) => <CommandItem key={id} item={command(id)} />)
          )}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function CommandItem({ item }: { readonly item: AppCommand }) {
  return (
    // The menu must be gone before what the command opens takes the focus.
    <ContextMenu.Item className={cx('menuItem')} onSelect={() => setTimeout(item.run, 0)}>
      <span className={cx('menuText')}>{item.title}</span>
      {item.keys !== undefined && <span className={cx('menuHint')}>{keyText(item.keys)}</span>}
    </ContextMenu.Item>
  );
}
