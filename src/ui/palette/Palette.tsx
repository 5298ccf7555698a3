import { Search } from 'lucide-react';
import { type DragEvent, useMemo, useState } from 'react';
import type { ElementSpec } from '../../optics/element.ts';
import { insertPoint, toGraph } from '../graph/flow.ts';
import { ELEMENT_MIME } from '../graph/mime.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { CATEGORY_ORDER, CATEGORY_TITLES, ElementGlyph } from '../parts/glyphs.tsx';
import { Hint } from '../parts/Hint.tsx';
import { addElement, freePlace } from '../stores/actions.ts';
import { registry } from '../stores/app.ts';
import styles from './palette.module.css';
import { searchElements } from './search.ts';

const cx = moduleClasses(styles);

/** Every element, by category; drag one in, or click or press Enter to add it. */
export function Palette() {
  const [query, setQuery] = useState('');
  const found = useMemo(() => searchElements([...registry.values()], query), [query]);
  const groups = CATEGORY_ORDER.map((category) => ({
    category,
    elements: found.filter((element) => element.category === category),
  })).filter(({ elements }) => elements.length > 0);
  return (
    <nav className={cx('palette')} aria-label="Elements">
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
      <div className={cx('groups')}>
        {groups.map(({ category, elements }) => (
          <section key={category} aria-label={CATEGORY_TITLES[category]}>
            <h3 className={cx('group')}>{CATEGORY_TITLES[category]}</h3>
            {elements.map((element) => (
              <Item key={element.type} element={element} />
            ))}
          </section>
        ))}
        {found.length === 0 && <p className={cx('none')}>No element matches “{query}”.</p>}
      </div>
    </nav>
  );
}

/** Adds near the middle of the view, where there is room. */
function insert(type: string): void {
  const at = toGraph(insertPoint());
  addElement(type, freePlace({ x: at.x - 120, y: at.y - 100 }));
}

function Item({ element }: { readonly element: ElementSpec }) {
  const onDragStart = (event: DragEvent): void => {
    event.dataTransfer.setData(ELEMENT_MIME, element.type);
    event.dataTransfer.effectAllowed = 'copy';
  };
  return (
    <Hint text={element.summary} side="right">
      <button
        type="button"
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
        <span className={cx('name')}>{element.title}</span>
      </button>
    </Hint>
  );
}
