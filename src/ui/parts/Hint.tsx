import { Tooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { moduleClasses } from './classNames.ts';
import styles from './parts.module.css';

const cx = moduleClasses(styles);

export interface HintProps {
  readonly text: ReactNode;
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'right' | 'bottom' | 'left' | undefined;
  /** The child is disabled and hears no pointer: a frame around it listens in its place. */
  readonly lifeless?: boolean;
  readonly children: ReactElement;
}

/** A label is no place to move the pointer to; while it could be, the button beside it would show none. */
const SHORT = 80;

/** A tooltip with an optional shortcut. */
export function Hint({ text, keys, side = 'bottom', lifeless = false, children }: HintProps) {
  return (
    <Tooltip.Root disableHoverableContent={typeof text === 'string' && text.length < SHORT}>
      <Tooltip.Trigger asChild>
        {lifeless ? <span className={cx('lifeless')}>{children}</span> : children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={cx('tooltip')} side={side} sideOffset={6} collisionPadding={8}>
          {text}
          {keys !== undefined && <Keys keys={keys} />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** Draws "Ctrl+Z" as keys. */
export function Keys({ keys }: { readonly keys: string }) {
  return <kbd className={cx('kbd')}>{keys}</kbd>;
}
