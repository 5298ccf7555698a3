/** Rows of a panel of options: a label with its field, the same everywhere. */
import { Switch } from 'radix-ui';
import type { ReactNode } from 'react';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import styles from './fields.module.css';
import { NumberField } from './NumberField.tsx';
import type { SoftRange } from './scale.ts';

const cx = moduleClasses(styles);

interface Labelled {
  /** Of the option; tests find its field by it. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

interface RowProps extends Labelled {
  readonly field: ReactNode;
  /** Notes below. */
  readonly children?: ReactNode;
}

function Row({ label, hint, field, children }: Omit<RowProps, 'name'>) {
  const text = <span className={cx('label')}>{label}</span>;
  return (
    <div className={cx('row')}>
      <div className={cx('line')}>
        {hint === undefined ? (
          text
        ) : (
          <Hint text={hint} side="left">
            {text}
          </Hint>
        )}
        {field}
      </div>
      {children}
    </div>
  );
}

interface SelectRowProps<T extends string> extends Labelled {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly title: string; readonly disabled?: boolean }[];
  readonly onChange: (value: T) => void;
  readonly children?: ReactNode;
}

export function SelectRow<T extends string>(props: SelectRowProps<T>) {
  const { name, label, hint, value, options, onChange, children } = props;
  const field = (
    <select
      className={cx('select')}
      aria-label={label}
      data-testid={`field-fit.${name}`}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.currentTarget.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled}>
          {option.title}
        </option>
      ))}
    </select>
  );
  return (
    <Row label={label} {...(hint === undefined ? {} : { hint })} field={field}>
      {children}
    </Row>
  );
}

interface SwitchRowProps extends Labelled {
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}

export function SwitchRow({ name, label, hint, checked, onChange }: SwitchRowProps) {
  const field = (
    <Switch.Root
      className={cx('switch')}
      aria-label={label}
      data-testid={`field-fit.${name}`}
      checked={checked}
      onCheckedChange={onChange}
    >
      <Switch.Thumb className={cx('thumb')} />
    </Switch.Root>
  );
  return <Row label={label} {...(hint === undefined ? {} : { hint })} field={field} />;
}

interface NumberRowProps extends Labelled {
  readonly value: number;
  readonly range: SoftRange;
  readonly whole?: boolean;
  readonly onChange: (value: number) => void;
  readonly children?: ReactNode;
}

const nothing = (): void => {};

export function NumberRow(props: NumberRowProps) {
  const { name, label, hint, value, range, whole = false, onChange, children } = props;
  const field = (
    <NumberField
      whole={whole}
      label={label}
      testId={`field-fit.${name}`}
      value={value}
      factor={1}
      range={range}
      text={String(value)}
      parse={(text) => readIn(range, text)}
      onChange={onChange}
      onSettle={nothing}
    />
  );
  return (
    <Row label={label} {...(hint === undefined ? {} : { hint })} field={field}>
      {children}
    </Row>
  );
}

function readIn(range: SoftRange, text: string) {
  const value = Number(text);
  if (text.trim() !== '' && value >= range.min && value <= range.max) return { ok: true, value } as const;
  return { ok: false, reason: `Give a number from ${range.min} to ${range.max}.` } as const;
}
