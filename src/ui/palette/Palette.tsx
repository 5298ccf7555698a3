import { ChevronRight, PanelLeftOpen, Search } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { ElementCategory, ElementSpec } from '../../optics/element.ts';
import { foldPanel } from '../app/panels.ts';
import { insertElement, insertPoint } from '../graph/flow.ts';
import { ELEMENT_MIME } from '../graph/mime.ts';
import { IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { CATEGORY_ORDER, CATEGORY_TITLES, ElementGlyph } from '../parts/glyphs.tsx';
import { Hint } from '../parts/Hint.tsx';
import { registry } from '../stores/app.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { uiStore } from '../stores/uiStore.ts';
import styles from './palette.module.css';
import { searchElements } from './search.ts';

const cx = moduleClasses(styles);

/** Every element, by category; drag one in, or click or press Enter to add it. */
export function Palette() {
  const [query, setQuery] = useState('');
  const found = useMemo(() => searchElements([...registry.values()], query), [query]);
  const closed = useStore(settingsStore, (state) => state.closedGroups);
  const groups = CATEGORY_ORDER.map((category) => ({
    category,
    elements: found.filter((element) => element.category === category),
  })).filter(({ elements }) => elements.length > 0);
  const folded = useStore(uiStore, (state) => state.folded.palette);
  /** The item that the Tab key reaches; arrow keys move between the others. */
  const [stop, setStop] = useState<string | null>(null);
  const visible = query !== '' || folded ? found : found.filter(({ category }) => !closed.includes(category));
  const tabStop = visible.some(({ type }) => type === stop) ? stop : firstShown(visible);
  return (
    <nav className={cx('palette', folded && 'folded')} aria-label="Elements">
      {folded ? (
        <IconButton
          side="right"
          className={cx('unfold')}
          label="Unfold the elements"
          keys="["
          icon={<PanelLeftOpen size={16} />}
          data-testid="unfold-palette"
          onClick={() => foldPanel('palette')}
        />
      ) : (
        <label className={cx('search')}>
          <Search size={14} aria-hidden="true" />
          <input
            type="search"
            placeholder="Search elements"
            aria-label="Search elements"
            data-testid="palette-search"
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              event.stopPropagation();
              const [first] = found;
              if (event.key === 'Enter' && first !== undefined) insert(first.type);
              if (event.key === 'Escape') setQuery('');
            }}
          />
        </label>
      )}
      <div className={cx('groups')}>
        {groups.map(({ category, elements }) => {
          // A search shows what it finds, wherever it is.
          const isOpen = folded || query !== '' || !closed.includes(category);
          return (
            <section key={category} aria-label={CATEGORY_TITLES[category]}>
              {!folded && <GroupHead category={category} count={elements.length} isOpen={isOpen} />}
              {isOpen &&
                elements.map((element) => (
                  <Item
                    key={element.type}
                    element={element}
                    folded={folded}
                    isTabStop={element.type === tabStop}
                    onFocus={setStop}
                  />
                ))}
            </section>
          );
        })}
        {found.length === 0 && <p className={cx('none')}>No element matches “{query}”.</p>}
      </div>
    </nav>
  );
}

/** The uppermost of some elements. */
function firstShown(elements: readonly ElementSpec[]): string | undefined {
  const first = CATEGORY_ORDER.find((category) => elements.some((element) => element.category === category));
  return elements.find(({ category }) => category === first)?.type;
}

/** The name of a group; pressing it closes or opens the group, which is remembered. */
function GroupHead(props: {
  readonly category: ElementCategory;
  readonly count: number;
  readonly isOpen: boolean;
}) {
  const { category, count, isOpen } = props;
  const toggle = (): void => {
    const { closedGroups, set } = settingsStore.getState();
    const others = closedGroups.filter((each) => each !== category);
    set({ closedGroups: isOpen ? [...others, category] : others });
  };
  return (
    <h3 className={cx('group')}>
      <button
        type="button"
        aria-expanded={isOpen}
        // The arrow keys come by here; the Tab key goes to the elements at once.
        tabIndex={-1}
        data-element=""
        data-testid={`palette-group-${category}`}
        onKeyDown={moveFocus}
        onClick={toggle}
      >
        <ChevronRight size={13} aria-hidden="true" />
        {CATEGORY_TITLES[category]}
        {!isOpen && <span className={cx('count')}>{count}</span>}
      </button>
    </h3>
  );
}

/** Arrow keys, Home and End go from element to element, and by the names of the groups. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const list = event.currentTarget.closest('nav');
  const items = [...(list?.querySelectorAll<HTMLElement>('[data-element]') ?? [])];
  const index = items.indexOf(event.currentTarget);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(items.length - 1, index + 1),
    ArrowUp: Math.max(0, index - 1),
    Home: 0,
    End: items.length - 1,
  };
  const next = items[targets[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}

interface ItemProps {
  readonly element: ElementSpec;
  readonly folded: boolean;
  readonly isTabStop: boolean;
  readonly onFocus: (type: string) => void;
}

/** Adds near the middle of the view, where there is room. */
function insert(type: string): void {
  insertElement(type, insertPoint());
}

function Item({ element, folded, isTabStop, onFocus }: ItemProps) {
  const onDragStart = (event: DragEvent): void => {
    event.dataTransfer.setData(ELEMENT_MIME, element.type);
    event.dataTransfer.effectAllowed = 'copy';
  };
  return (
    <Hint
      side="right"
      text={
        <>
          <strong>{element.title}</strong>
          <br />
          {element.summary} Click or press Enter to add it, or drag it into the graph.
        </>
      }
    >
      <button
        type="button"
        aria-label={element.title}
        tabIndex={isTabStop ? 0 : -1}
        data-element=""
        onFocus={() => onFocus(element.type)}
        onKeyDown={moveFocus}
        draggable
        className={cx('item')}
        data-category={element.category}
        data-testid={`palette-item-${element.type}`}
        onDragStart={onDragStart}
        onClick={() => insert(element.type)}
      >
        <span className={cx('glyph')}>
          <ElementGlyph type={element.type} category={element.category} />
        </span>
        {!folded && <span className={cx('name')}>{element.title}</span>}
      </button>
    </Hint>
  );
}
