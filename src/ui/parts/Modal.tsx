import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { moduleClasses } from './classNames.ts';
import styles from './parts.module.css';
import { useReturningFocus } from './useReturningFocus.ts';

const cx = moduleClasses(styles);

export interface ModalProps {
  readonly open: boolean;
  readonly title: string;
  /** For contents in columns. */
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Modal({ open, title, wide = false, onClose, children }: ModalProps) {
  const returning = useReturningFocus();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={cx('overlay')} />
        <Dialog.Content className={cx('dialog', wide && 'wide')} aria-describedby={undefined} {...returning}>
          <div className={cx('dialogHead')}>
            <Dialog.Title className={cx('dialogTitle')}>{title}</Dialog.Title>
            <Button aria-label="Close" onClick={onClose}>
              <X size={16} />
            </Button>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
