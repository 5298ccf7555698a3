import { Diamond } from 'lucide-react';
import { type CSSProperties, memo, useRef } from 'react';
import { useStore } from 'zustand';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../parts/Menu.tsx';
import { settle, toggleLearnPath } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import styles from './fields.module.css';
import { LinkLine, startLink } from './LinkParts.tsx';
import type { FieldUnit } from './quantityText.ts';
import { arrowStep, clampValue, fromTravel, roundToShare, type SoftRange, toTravel } from './scale.ts';
import type { FieldLink } from './useLink.ts';

const cx = moduleClasses(styles);
const SLIDER_STEPS = 1000;
const ARROWS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** ◇: whether the fit may change this value. */
export const LearnToggle = memo(function LearnToggle({
  path,
  title,
  learnable,
  testId,
}: {
  readonly path: string;
  readonly title: string;
  readonly learnable: boolean;
  readonly testId: string;
}) {
  const learned = useStore(documentStore, ({ design }) => design.learn.includes(path));
  const moving = useStore(
    engineStore,
    ({ fit, following }) => learned && (fit.status === 'running' || following !== null),
  );
  if (!learnable) return null;
  const text = learned ? 'The fit changes this value; click to hold it' : 'Let the fit change this value';
  return (
    <Hint text={text} keys="L" side="left">
      <button
        type="button"
        className={`${cx('learn', moving && 'learnPulse')} nodrag`}
        aria-pressed={learned}
        aria-label={`Learn ${title}`}
        data-testid={testId}
        onClick={() => toggleLearnPath(path)}
      >
        <Diamond size={14} fill={learned ? 'currentColor' : 'none'} />
      </button>
    </Hint>
  );
});

interface UnitSwitchProps {
  readonly unit: FieldUnit;
  readonly units: readonly FieldUnit[];
  /** "elementType.param": the choice is remembered for all nodes of the type. */
  readonly unitKey: string;
  /** Path of the value where it could follow others. */
  readonly linkPath?: string;
}

/** Units are made anew with every value; a menu need not be. */
function sameUnits(a: UnitSwitchProps, b: UnitSwitchProps): boolean {
  if (a.linkPath !== b.linkPath) return false;
  const symbols = (units: readonly FieldUnit[]) => units.map(({ symbol }) => symbol).join();
  return a.unitKey === b.unitKey && a.unit.symbol === b.unit.symbol && symbols(a.units) === symbols(b.units);
}

/** The unit beside a number; switching converts what is shown, not the value. */
export const UnitSwitch = memo(function UnitSwitch({ unit, units, unitKey, linkPath }: UnitSwitchProps) {
  if (units.length < 2 && linkPath === undefined) return <span className={cx('unit')}>{unit.symbol}</span>;
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className={`${cx('unit')} nodrag`}
          aria-label={`Unit: ${unit.symbol || 'none'}`}
        >
          {unit.symbol === '' ? '·' : unit.symbol}
        </button>
      }
    >
      <MenuLabel>Show in</MenuLabel>
      <MenuChoice
        value={unit.symbol}
        options={units.map(({ symbol }) => ({
          value: symbol,
          text: symbol === '' ? 'plain number' : symbol,
        }))}
        onChange={(symbol) => settingsStore.getState().setUnit(unitKey, symbol)}
      />
      {linkPath !== undefined && (
        <>
          <MenuLine />
          <MenuItem
            text="Link to…"
            detail="Let the value follow others: =2*lens.focalLength"
            onSelect={() => startLink(linkPath, '')}
          />
        </>
      )}
    </Menu>
  );
}, sameUnits);

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

interface TravelProps {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly range: SoftRange;
  readonly unit: FieldUnit;
  readonly learned: boolean;
  readonly disabled?: boolean;
  readonly onChange: (value: number, final: boolean) => void;
}

/** What moves a number: its slider, or the expression that it follows. */
export function Travel({ link, ...props }: TravelProps & { readonly link: FieldLink }) {
  return link.text === null ? <TravelSlider {...props} /> : <LinkLine text={link.text} />;
}

/** A slider over the soft range, logarithmic where the parameter is. */
function TravelSlider({ label, value, text, range, unit, learned, disabled, onChange }: TravelProps) {
  const sliding = useRef(false);
  const travel = toTravel(value, range);
  // The bar grows from zero where the range has both signs.
  const rest = range.soft[0] < 0 ? toTravel(0, range) : 0;
  const outside = value < range.soft[0] || value > range.soft[1];
  const finish = (): void => {
    if (!sliding.current) return;
    sliding.current = false;
    settle();
  };
  return (
    <input
      type="range"
      className={`${cx('slider', learned && 'learned', outside && 'outside')} nodrag nopan nowheel`}
      style={
        {
          '--from': percent(Math.min(travel, rest)),
          '--to': percent(Math.max(travel, rest)),
        } as CSSProperties
      }
      aria-label={`${label}, slider`}
      aria-valuetext={`${text} ${unit.symbol}`}
      min={0}
      max={SLIDER_STEPS}
      step={1}
      disabled={disabled}
      value={Math.round(travel * SLIDER_STEPS)}
      onChange={(event) => {
        sliding.current = true;
        const exact = fromTravel(Number(event.currentTarget.value) / SLIDER_STEPS, range);
        onChange(roundToShare(exact, 0.002, range, unit.factor), false);
      }}
      onKeyDown={(event) => {
        const direction = ARROWS[event.key];
        if (direction === undefined) return;
        event.preventDefault();
        sliding.current = true;
        const moved = value + direction * arrowStep(value, range, unit.factor);
        onChange(clampValue(Number((moved / unit.factor).toPrecision(9)) * unit.factor, range), false);
      }}
      // The panels look for their edges under every move of the pointer; while it drags this, there are none.
      onPointerMove={(event) => {
        if (sliding.current) event.stopPropagation();
      }}
      onPointerUp={finish}
      onKeyUp={finish}
      onBlur={finish}
    />
  );
}
