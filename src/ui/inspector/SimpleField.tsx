/** A choice, a switch or a whole number. */
import { Switch } from 'radix-ui';
import type { ChoiceParam, IntegerParam, SwitchParam } from '../../optics/element.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { settle, setValue } from '../stores/actions.ts';
import styles from './fields.module.css';
import { NumberField } from './NumberField.tsx';
import { readValue } from './quantityText.ts';
import type { SoftRange } from './scale.ts';
import { type FieldProps, useParam } from './useParam.ts';

const cx = moduleClasses(styles);

export function SimpleControl({
  nodeId,
  param,
  spec,
  compact = false,
}: FieldProps<IntegerParam | ChoiceParam | SwitchParam> & { readonly compact?: boolean }) {
  const stored = useParam(nodeId, param);
  const path = `${nodeId}.${param}`;
  const testId = `${compact ? 'card-field' : 'field'}-${path}`;
  if (spec.kind === 'choice') {
    return (
      <select
        className={`${cx('select', compact && 'compactSelect')} nodrag`}
        aria-label={spec.title}
        data-testid={testId}
        value={typeof stored === 'string' ? stored : spec.default}
        onChange={(event) => setValue(path, event.currentTarget.value)}
      >
        {spec.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    );
  }
  if (spec.kind === 'switch') {
    return (
      <Switch.Root
        className={`${cx('switch')} nodrag`}
        aria-label={spec.title}
        data-testid={testId}
        checked={typeof stored === 'boolean' ? stored : spec.default}
        onCheckedChange={(checked) => setValue(path, checked)}
      >
        <Switch.Thumb className={cx('thumb')} />
      </Switch.Root>
    );
  }
  const value = typeof stored === 'number' ? stored : spec.default;
  const range: SoftRange = {
    soft: [spec.min, Math.min(spec.max, Math.max(spec.min + 10, 4 * spec.default))],
    scale: 'linear',
    min: spec.min,
    max: spec.max,
  };
  return (
    <NumberField
      compact={compact}
      whole
      label={spec.title}
      testId={testId}
      value={value}
      factor={1}
      range={range}
      text={String(value)}
      parse={(typed) => readValue(path, typed, { symbol: '', factor: 1 })}
      onChange={(next, final) => setValue(path, Math.round(next), final)}
      onSettle={settle}
    />
  );
}
