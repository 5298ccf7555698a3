import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactElement, type ReactNode, useRef } from 'react';
import { moduleClasses } from './classNames.ts';
import styles from './parts.module.css';

const cx = moduleClasses(styles);

export interface MenuProps {
  readonly trigger: ReactElement;
  readonly align?: 'start' | 'end';
  readonly onOpenChange?: (open: boolean) => void;
  readonly children: ReactNode;
}

export function Menu({ trigger, align = 'start', onOpenChange, children }: MenuProps) {
  const byPointer = useRef(false);
  return (
    <DropdownMenu.Root modal={false} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={cx('menu')}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          onPointerDown={() => {
            byPointer.current = true;
          }}
          onKeyDown={() => {
            byPointer.current = false;
          }}
          onCloseAutoFocus={(event) => {
            // The focus goes back for the keyboard only; a mouse does not want a ring on the trigger.
            if (byPointer.current) event.preventDefault();
            byPointer.current = false;
          }}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuItemProps {
  readonly icon?: ReactNode;
  readonly text: string;
  readonly detail?: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly testId?: string;
  readonly onSelect: () => void;
}

export function MenuItem({ icon, text, detail, keys, disabled = false, testId, onSelect }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      className={cx('menuItem')}
      disabled={disabled}
      data-testid={testId}
      onSelect={onSelect}
    >
      {icon}
      <span className={cx('menuText')}>
        {text}
        {detail !== undefined && <span className={cx('menuDetail')}>{detail}</span>}
      </span>
      {keys !== undefined && <span className={cx('menuHint')}>{keys}</span>}
    </DropdownMenu.Item>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <DropdownMenu.Label className={cx('menuLabel')}>{children}</DropdownMenu.Label>;
}

export function MenuLine() {
  return <DropdownMenu.Separator className={cx('menuLine')} />;
}

export interface MenuChoiceProps<T extends string> {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string; readonly detail?: string }[];
  readonly onChange: (value: T) => void;
}

/** A group of which exactly one is ticked. */
export function MenuChoice<T extends string>({ value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <DropdownMenu.RadioGroup value={value}>
      {options.map((option) => (
        <DropdownMenu.RadioItem
          key={option.value}
          value={option.value}
          className={cx('menuItem')}
          onSelect={() => onChange(option.value)}
        >
          <Tick />
          <span className={cx('menuText')}>
            {option.text}
            {option.detail !== undefined && <span className={cx('menuDetail')}>{option.detail}</span>}
          </span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export interface MenuToggleProps {
  readonly text: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function MenuToggle({ text, checked, onChange }: MenuToggleProps) {
  return (
    <DropdownMenu.CheckboxItem className={cx('menuItem')} checked={checked} onCheckedChange={onChange}>
      <Tick />
      <span className={cx('menuText')}>{text}</span>
    </DropdownMenu.CheckboxItem>
  );
}

function Tick() {
  return (
    <span className={cx('menuCheck')}>
      <DropdownMenu.ItemIndicator>
        <Check size={14} />
      </DropdownMenu.ItemIndicator>
    </span>
  );
}
