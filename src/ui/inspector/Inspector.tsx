import { CircleAlert, Info, TriangleAlert, Wand } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Design, DesignNode, Issue } from '../../graph/document.ts';
import { Button } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { CATEGORY_TITLES, ElementGlyph } from '../parts/glyphs.tsx';
import { fixIssue, rename, titleOf } from '../stores/actions.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { selectionStore } from '../stores/selectionStore.ts';
import { ConvergenceSection } from './ConvergenceSection.tsx';
import { DocumentPanel } from './DocumentPanel.tsx';
import { FindSpheresSection } from './FindSpheresSection.tsx';
import { FitPanel } from './FitPanel.tsx';
import styles from './inspector.module.css';
import { goToIssue, isExplanation } from './issues.ts';
import { ParamField } from './ParamField.tsx';
import { useShownParams } from './useParam.ts';
import { WirePanel } from './WirePanel.tsx';

const cx = moduleClasses(styles);

/** Elements in whose panels spheres can be looked for. */
const FOUND_FROM: ReadonlySet<string> = new Set(['mieSphere', 'mieSpheres', 'target']);

type PanelNode = Pick<DesignNode, 'id' | 'type' | 'title'>;

/** What is selected: an element with its parameters, several, or the document. */
export function Inspector() {
  const selected = useStore(selectionStore, (state) => state.nodeIds);
  const [only] = selected;
  const wire = useStore(selectionStore, ({ edgeIds }) => (edgeIds.length === 1 ? edgeIds[0] : undefined));
  // Values are followed by their fields; the panel itself changes with what the element is.
  const node = useStore(
    documentStore,
    useShallow(({ design }: { readonly design: Design }): PanelNode | undefined => {
      const found = selected.length === 1 ? design.nodes.find((each) => each.id === only) : undefined;
      return found === undefined
        ? undefined
        : { id: found.id, type: found.type, ...(found.title === undefined ? {} : { title: found.title }) };
    }),
  );
  return (
    <aside className={cx('inspector')} aria-label="Inspector" data-testid="inspector">
      {node !== undefined && <ElementPanel key={node.id} node={node} />}
      {node === undefined && selected.length > 1 && (
        <Section title={`${selected.length} elements selected`}>
          <p className={cx('summary')}>
            Ctrl+D duplicates them, M bypasses them, Delete removes them, Ctrl+Delete removes them and joins
            the wires.
          </p>
        </Section>
      )}
      {node === undefined && selected.length === 0 && wire !== undefined && <WirePanel edgeId={wire} />}
      {node === undefined && selected.length === 0 && wire === undefined && (
        <>
          <DocumentPanel />
          <FitPanel />
        </>
      )}
      <IssueList nodeId={node?.id ?? null} />
    </aside>
  );
}

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={cx('section')}>
      <h3 className={cx('sectionTitle')}>{title}</h3>
      {children}
    </section>
  );
}

function ElementPanel({ node }: { readonly node: PanelNode }) {
  const element = registry.get(node.type);
  const shown = useShownParams(node.id, element);
  if (element === undefined) {
    return (
      <Section title={node.title ?? node.type}>
        <p className={cx('summary')}>
          This version of Luminode does not know the element “{node.type}”. It is kept in the file as it is.
        </p>
      </Section>
    );
  }
  const params = Object.entries(element.params).filter(([name]) => shown.includes(name));
  return (
    <>
      <header className={cx('head')}>
        <span className={cx('headLine')}>
          <ElementGlyph type={element.type} category={element.category} size={18} />
          <TitleField node={node} />
        </span>
        <span className={cx('kind')}>
          {element.title} · {CATEGORY_TITLES[element.category]} · <code>{node.id}</code>
        </span>
        <p className={cx('summary')}>{element.summary}</p>
      </header>
      {(element.category === 'detection' || element.category === 'analysis') && (
        <ConvergenceSection nodeId={node.id} />
      )}
      {FOUND_FROM.has(element.type) && <FindSpheresSection />}
      {params.length > 0 && (
        <section className={cx('section')} aria-label="Parameters">
          {params.map(([param, spec]) => (
            <ParamField key={param} nodeId={node.id} param={param} spec={spec} />
          ))}
        </section>
      )}
      {(element.equation !== '' || element.references.length > 0) && (
        <Section title="Physics">
          {element.equation !== '' && <p className={cx('equation')}>{element.equation}</p>}
          {element.references.map((reference) => (
            <p key={reference} className={cx('reference')}>
              {reference}
            </p>
          ))}
        </Section>
      )}
    </>
  );
}

function TitleField({ node }: { readonly node: PanelNode }) {
  const [draft, setDraft] = useState<string | null>(null);
  const title = useStore(documentStore, () => titleOf(node.id));
  return (
    <input
      className={cx('title')}
      aria-label="Name of this element"
      value={draft ?? title}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => {
        if (draft !== null) rename(node.id, draft);
        setDraft(null);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') setDraft(null);
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}

const ISSUE_SIGNS = { error: CircleAlert, warning: TriangleAlert, info: Info } as const;

/** Problems with what to do about them; those of the selected node, else all. */
function IssueList({ nodeId }: { readonly nodeId: string | null }) {
  const all = useStore(engineStore, (state) => state.issues);
  const own = nodeId === null ? all : all.filter((issue) => issue.nodeId === nodeId);
  const problems = own.filter((issue) => !isExplanation(issue));
  const explanations = nodeId === null ? [] : own.filter(isExplanation);
  return (
    <>
      {problems.length > 0 && (
        <section className={cx('section')} id="problems" aria-label="Problems" data-testid="problems-list">
          <h3 className={cx('sectionTitle')}>Problems</h3>
          {problems.map((issue) => (
            <IssueRow key={keyOf(issue)} issue={issue} />
          ))}
        </section>
      )}
      {explanations.length > 0 && (
        <section className={cx('section')} aria-label="How it is computed" data-testid="explanations">
          <h3 className={cx('sectionTitle')}>How it is computed</h3>
          {explanations.map((issue) => (
            <p key={keyOf(issue)} className={cx('summary')}>
              {issue.message} {issue.fix}
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function keyOf({ code, nodeId, paramId, message }: Issue): string {
  return [code, nodeId, paramId, message].join('|');
}

function IssueRow({ issue }: { readonly issue: Issue }) {
  const Sign = ISSUE_SIGNS[issue.severity];
  return (
    <>
      <button type="button" className={cx('issue', issue.severity)} onClick={() => goToIssue(issue)}>
        <Sign size={15} aria-label={issue.severity} />
        <span>
          {issue.message}
          {issue.fix !== '' && <small>{issue.fix}</small>}
        </span>
      </button>
      {issue.apply !== undefined && (
        <Button
          small
          look="outlined"
          className={cx('check')}
          data-testid="issue-fix"
          onClick={() => fixIssue(issue)}
        >
          <Wand size={14} aria-hidden="true" /> {issue.apply.title}
        </Button>
      )}
    </>
  );
}
