/** Around a number that follows others: the chain in place of ◇, the expression under the field, names to choose from. */
import { Link2 } from 'lucide-react';
import type { Suggestion } from '../../graph/expressions/suggestions.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { Menu, MenuItem, MenuLabel } from '../parts/Menu.tsx';
import styles from './fields.module.css';
import type { FieldLink } from './useLink.ts';

const cx = moduleClasses(styles);

/** Says what the value follows, and takes the link away. */
export function LinkChip({
  link,
  title,
  prefix = '',
}: {
  readonly link: FieldLink;
  readonly title: string;
  readonly prefix?: string;
}) {
  if (link.text === null) return null;
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className={`${cx('learn', 'chain')} nodrag`}
          aria-label={`${title} follows ${link.text}`}
          data-testid={`${prefix}chain-${link.path}`}
        >
          <Link2 size={14} />
        </button>
      }
    >
      <MenuLabel>= {link.text}</MenuLabel>
      <MenuItem
        text="Change…"
        detail="Type an expression, such as =2*lens.focalLength"
        onSelect={() => startLink(link.path, link.text ?? '', prefix)}
      />
      <MenuItem text="Unlink (keep value)" onSelect={link.clear} />
    </Menu>
  );
}

/** The expression in place of the slider, which could not move the value. */
export function LinkLine({ text }: { readonly text: string }) {
  return (
    <Hint text="The value follows this expression" side="left">
      <p className={cx('note', 'linkLine')}>= {text}</p>
    </Hint>
  );
}

/** Lets a person type an expression into the field of a path. @param prefix of the field's id, on cards */
export function startLink(path: string, text: string, prefix = ''): void {
  // The menu gives the focus back first.
  setTimeout(() => {
    const field = document.querySelector<HTMLInputElement>(
      `[data-testid="${CSS.escape(`${prefix}field-${path}`)}"]`,
    );
    field?.focus();
    field?.dispatchEvent(new CustomEvent(START_LINK, { detail: `=${text}` }));
  });
}

export const START_LINK = 'luminode-start-link';

export function Completions({
  id,
  list,
  active,
  onChoose,
}: {
  readonly id: string;
  readonly list: readonly Suggestion[];
  /** Place in the list; -1 for none. */
  readonly active: number;
  readonly onChoose: (suggestion: Suggestion) => void;
}) {
  return (
    <div id={id} className={cx('completions')} role="listbox" aria-label="Names">
      {list.map((suggestion, index) => (
        <div
          key={suggestion.text}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={cx('completion')}
          // The field keeps the focus: leaving it would commit what is typed.
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(suggestion);
          }}
        >
          <span className={cx('completionName')}>{suggestion.text}</span>
          <span className={cx('completionTitle')}>{suggestion.title}</span>
        </div>
      ))}
    </div>
  );
}
