import { Command } from 'cmdk';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { elementsAccepting, elementsProducing } from '../../graph/connect.ts';
import { possibleOutputTypes } from '../../graph/topology.ts';
import type { ElementSpec } from '../../optics/element.ts';
import { searchElements } from '../palette/search.ts';
import { moduleClasses } from '../parts/classNames.ts';
import { ElementGlyph, PORT_TITLES } from '../parts/glyphs.tsx';
import { documentStore, registry } from '../stores/app.ts';
import { addElement } from '../stores/insertion.ts';
import { type InsertRequest, type PortAddress, uiStore } from '../stores/uiStore.ts';
import { insertElement, reveal } from './flow.ts';
import { focusCard, focusGraph } from './focus.ts';
import styles from './graph.module.css';

const cx = moduleClasses(styles);
const WIDTH = 304;
const HEIGHT = 372;

function typesAt(from: PortAddress) {
  const { design } = documentStore.getState();
  if (from.side === 'output') return possibleOutputTypes(design, registry, from);
  const node = design.nodes.find((each) => each.id === from.node);
  return registry.get(node?.type ?? '')?.inputs[from.port]?.accepts ?? [];
}

/** Elements that fit the dropped wire; all of them without one. */
function offeredElements(from: PortAddress | null): readonly ElementSpec[] {
  if (from === null) return [...registry.values()];
  const types = typesAt(from);
  const offers =
    from.side === 'output'
      ? types.flatMap((type) => elementsAccepting(type, registry))
      : elementsProducing(types, registry);
  return [...new Set(offers.map(({ element }) => element))];
}

const close = (): void => uiStore.setState({ insert: null });

/** The list that opens where something is to be inserted. */
export function InsertPalette() {
  const insert = useStore(uiStore, (state) => state.insert);
  return insert === null ? null : <OpenList key={`${insert.screen.x},${insert.screen.y}`} insert={insert} />;
}

function OpenList({ insert }: { readonly insert: InsertRequest }) {
  const { screen, flow, from } = insert;
  const box = useRef<HTMLDivElement>(null);
  const [opener] = useState(() => document.activeElement);
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const offered = useMemo(() => offeredElements(from), [from]);
  const elements = useMemo(() => searchElements(offered, query), [offered, query]);
  useEffect(() => {
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) close();
    };
    window.addEventListener('pointerdown', onPointerDown, true);
    return () => window.removeEventListener('pointerdown', onPointerDown, true);
  }, []);
  const cancel = (): void => {
    close();
    if (opener instanceof HTMLElement && opener !== document.body) opener.focus({ preventScroll: true });
    else focusGraph();
  };
  const choose = (type: string): void => {
    close();
    if (from === null) {
      focusCard(insertElement(type, screen));
      return;
    }
    // The card's port comes to lie where the wire was dropped.
    const place = { x: from.side === 'input' ? flow.x - 252 : flow.x, y: flow.y - 56 };
    const added = addElement(type, place, from);
    reveal(added);
    focusCard(added);
  };
  const left = Math.max(8, Math.min(screen.x, window.innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(screen.y, window.innerHeight - HEIGHT - 8));
  const kind =
    from === null
      ? ''
      : typesAt(from)
          .map((type) => PORT_TITLES[type])
          .join(' or ');
  const prompt =
    from === null
      ? 'Insert an element'
      : from.side === 'output'
        ? `Elements that take ${kind}`
        : `Elements that give ${kind}`;
  return (
    <div ref={box} className={cx('insert')} style={{ left, top }} data-testid="insert-palette">
      <Command
        label="Insert an element"
        loop
        shouldFilter={false}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') cancel();
        }}
      >
        <Command.Input
          autoFocus
          placeholder={prompt}
          data-testid="insert-search"
          value={query}
          onValueChange={(text) => {
            setQuery(text);
            // The best match comes first: that is what Enter inserts.
            requestAnimationFrame(() => list.current?.scrollTo({ top: 0 }));
          }}
        />
        <Command.List ref={list} className={cx('insertList')}>
          <Command.Empty className={cx('insertEmpty')}>Nothing fits that name here.</Command.Empty>
          {elements.map((element) => (
            <Command.Item
              key={element.type}
              value={element.title}
              className={cx('insertItem')}
              data-testid={`insert-item-${element.type}`}
              onSelect={() => choose(element.type)}
            >
              <ElementGlyph type={element.type} category={element.category} />
              <div>
                {element.title}
                <small>{element.summary}</small>
              </div>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </div>
  );
}
