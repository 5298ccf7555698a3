import { Tooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { moduleClasses } from './classNames.ts';
import styles from './parts.module.css';

const cx = moduleClasses(styles);

export interface HintProps {
  readonly text: ReactNode;
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'right' | 'bottom' | 'left' | undefined;
  readonly children: ReactElement;
}

/** A tooltip with an optional shortcut. */
export function Hint({ text, keys, side = 'bottom', children }: HintProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
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
