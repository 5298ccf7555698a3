import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { moduleClasses } from './classNames.ts';
import { Hint } from './Hint.tsx';
import styles from './parts.module.css';

const cx = moduleClasses(styles);

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'plain' | 'primary' | 'outlined' | 'danger';
  readonly small?: boolean;
  readonly pressed?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = 'plain', small = false, pressed, className, ref, ...rest }: ButtonProps) {
  const names = cx('button', look !== 'plain' && look, small && 'small', pressed === true && 'pressed');
  return (
    <button
      type="button"
      ref={ref}
      aria-pressed={pressed}
      className={className === undefined ? names : `${names} ${className}`}
      {...rest}
    />
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'aria-label' | 'title'> {
  /** Read out, and shown as the tooltip. */
  readonly label: string;
  readonly keys?: string;
  readonly icon: ReactNode;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
}

export function IconButton({ label, keys, icon, side, className, ...rest }: IconButtonProps) {
  const button = (
    <Button aria-label={label} className={`${cx('icon')} ${className ?? ''}`} {...rest}>
      {icon}
    </Button>
  );
  return (
    <Hint text={label} keys={keys} side={side} lifeless={rest.disabled === true}>
      {button}
    </Hint>
  );
}
