import {
  Command as CommandIcon,
  Gauge,
  Keyboard,
  Pause,
  Play,
  Redo2,
  RotateCcw,
  Settings,
  SplitSquareHorizontal,
  Square,
  StepForward,
  Undo2,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import type { BackendChoice } from '../../workers/protocol.ts';
import { openGuide } from '../guide/guideActions.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Hint } from '../parts/Hint.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine, MenuToggle } from '../parts/Menu.tsx';
import { changeDetails } from '../stores/actions.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { shortProgress } from '../stores/fitWords.ts';
import { settingsStore, type ThemeChoice } from '../stores/settingsStore.ts';
import { openDialog, uiStore } from '../stores/uiStore.ts';
import styles from './app.module.css';
import { command, keyText } from './commands.ts';
import { FileMenu } from './FileMenu.tsx';
import { Logo } from './Logo.tsx';

const cx = moduleClasses(styles);

export function TopBar() {
  return (
    <header className={cx('topBar')}>
      <div className={cx('barGroup')}>
        <span className={cx('brand')}>
          <Logo />
          Luminode
        </span>
        <span className={cx('divider')} />
        <FileMenu />
        <Button data-testid="examples-menu" onClick={() => openDialog('gallery')}>
          Gallery
        </Button>
        <Button data-testid="guide-open" onClick={openGuide}>
          Fit my image
        </Button>
        <ViewMenu />
        <span className={cx('divider')} />
        <HistoryButtons />
      </div>
      <DocumentName />
      <div className={cx('barGroup', 'barEnd')}>
        <RunCluster />
        <span className={cx('divider')} />
        <IconButton
          label="All commands"
          keys={keyText('Mod+K')}
          icon={<CommandIcon size={16} />}
          onClick={() => openDialog('commands')}
        />
        <IconButton
          label="Keyboard shortcuts"
          keys="?"
          icon={<Keyboard size={16} />}
          data-testid="shortcuts-button"
          onClick={() => openDialog('shortcuts')}
        />
        <SettingsMenu />
      </div>
    </header>
  );
}

const VIEW_COMMANDS = [
  'layoutDesign',
  'layoutFit',
  'layoutImage',
  'foldPalette',
  'foldInspector',
  'fitView',
  'tidy',
] as const;

/** Arrangements of the page and of the graph. */
function ViewMenu() {
  return (
    <Menu trigger={<Button data-testid="view-menu">View</Button>}>
      {VIEW_COMMANDS.map((id) => {
        const { title, keys, run } = command(id);
        return (
          <MenuItem
            key={id}
            text={title}
            testId={`view-${id}`}
            {...(keys === undefined ? {} : { keys: keyText(keys) })}
            onSelect={run}
          />
        );
      })}
    </Menu>
  );
}

function HistoryButtons() {
  const undoLabel = useStore(documentStore, (state) => state.undoLabel);
  const redoLabel = useStore(documentStore, (state) => state.redoLabel);
  return (
    <>
      <IconButton
        label={undoLabel === null ? 'Undo' : `Undo: ${undoLabel}`}
        keys={keyText('Mod+Z')}
        icon={<Undo2 size={16} />}
        disabled={undoLabel === null}
        data-testid="undo"
        onClick={command('undo').run}
      />
      <IconButton
        label={redoLabel === null ? 'Redo' : `Redo: ${redoLabel}`}
        keys={keyText('Mod+Y')}
        icon={<Redo2 size={16} />}
        disabled={redoLabel === null}
        data-testid="redo"
        onClick={() => documentStore.getState().redo()}
      />
    </>
  );
}

function DocumentName() {
  const title = useStore(documentStore, ({ design }) => design.title);
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <input
      className={cx('documentName')}
      aria-label="Name of the document"
      data-testid="document-title"
      size={Math.min(40, Math.max(12, (draft ?? title).length + 1))}
      value={draft ?? title}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setDraft(null);
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
      }}
      onBlur={() => {
        const name = draft?.trim() ?? '';
        if (name !== '' && name !== title) changeDetails({ title: name });
        setDraft(null);
      }}
    />
  );
}

/** Whether there is something to make small: without a comparison or goal there is nothing to fit. */
function hasObjective({ nodes }: Design): boolean {
  return nodes.some(({ type }) => registry.get(type)?.objective === true);
}

function RunCluster() {
  const status = useStore(engineStore, (state) => state.fit.status);
  const connected = useStore(engineStore, (state) => state.connection === 'ready');
  const learnable = useStore(documentStore, ({ design }) => design.learn.length > 0);
  const compares = useStore(documentStore, ({ design }) => hasObjective(design));
  const canFit = learnable && compares;
  const before = useStore(uiStore, (state) => state.beforeShown);
  const hasStart = useStore(engineStore, (state) => state.fit.hasStart);
  const wasFitted = useStore(documentStore, (state) => state.fit !== null);
  const canReset = hasStart || wasFitted;
  const running = status === 'running';
  const runDisabled = !connected || status === 'stopping' || !canFit;
  return (
    <>
      <FitProgressNote />
      {running ? (
        <Hint text="Pause the fit; it can go on from here" keys="R">
          <Button look="primary" data-testid="pause-button" onClick={() => session.pause()}>
            <Pause size={14} fill="currentColor" /> Pause
          </Button>
        </Hint>
      ) : (
        <Hint
          text={
            !learnable
              ? 'Nothing is learnable yet: click the ◇ beside a value'
              : compares
                ? 'Change the values with ◇ until the model matches the target'
                : 'Nothing is wanted yet: add a target image and a comparison, or a goal'
          }
          keys="R"
          lifeless={runDisabled}
        >
          <Button
            look={canFit ? 'primary' : 'plain'}
            data-testid="run-button"
            disabled={runDisabled}
            onClick={() => session.run()}
          >
            <Play size={14} fill="currentColor" /> {status === 'paused' ? 'Resume' : 'Run fit'}
          </Button>
        </Hint>
      )}
      <IconButton
        label="One step of the fit"
        keys="."
        icon={<StepForward size={16} />}
        disabled={runDisabled || running}
        data-testid="step-button"
        onClick={() => session.step()}
      />
      <IconButton
        label="Stop the fit and keep its values"
        icon={<Square size={14} />}
        disabled={status === 'idle' || status === 'stopping'}
        data-testid="stop-button"
        onClick={() => session.stop()}
      />
      <IconButton
        label={
          canReset ? 'Reset to the values before the fit' : 'No fit has run yet: there is nothing to reset to'
        }
        keys="Shift+R"
        icon={<RotateCcw size={16} />}
        disabled={!canReset}
        data-testid="reset-button"
        onClick={() => session.resetToStart()}
      />
      <IconButton
        label="Hold to see the state before"
        keys="B"
        icon={<SplitSquareHorizontal size={16} />}
        pressed={before}
        data-testid="before-button"
        onPointerDown={() => session.showBefore(true)}
        onPointerUp={() => session.showBefore(false)}
        onPointerLeave={() => session.showBefore(false)}
      />
    </>
  );
}

/** How far the fit is, where the eye is when it was started. */
function FitProgressNote() {
  const text = useStore(engineStore, ({ fit }) => (fit.status === 'idle' ? '' : shortProgress(fit)));
  return text === '' ? null : (
    <span className={cx('fitNote')} data-testid="run-progress">
      {text}
    </span>
  );
}

const THEMES: readonly { readonly value: ThemeChoice; readonly text: string }[] = [
  { value: 'dark', text: 'Dark' },
  { value: 'light', text: 'Light' },
  { value: 'system', text: 'Like the system' },
];

const BACKENDS: readonly { readonly value: BackendChoice; readonly text: string; readonly detail: string }[] =
  [
    { value: 'auto', text: 'Automatic', detail: 'The graphics card where there is one' },
    { value: 'webgpu', text: 'WebGPU', detail: 'Graphics card, single precision' },
    { value: 'wasm', text: 'WebAssembly', detail: 'Processor, single precision' },
    { value: 'f64', text: 'Reference', detail: 'Processor, double precision, slow' },
  ];

function SettingsMenu() {
  const settings = useStore(settingsStore);
  return (
    <Menu
      align="end"
      trigger={
        <Button aria-label="Settings" data-testid="settings-menu">
          <Settings size={16} />
        </Button>
      }
    >
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice value={settings.theme} options={THEMES} onChange={(theme) => settings.set({ theme })} />
      <MenuLine />
      <MenuLabel>Compute on</MenuLabel>
      <MenuChoice
        value={settings.backend}
        options={BACKENDS}
        onChange={(backend) => settings.set({ backend })}
      />
      <MenuLine />
      <MenuToggle
        text="Single-key shortcuts"
        checked={settings.singleKeys}
        onChange={(singleKeys) => settings.set({ singleKeys })}
      />
      <MenuToggle
        text="Snap to grid"
        checked={settings.snapToGrid}
        onChange={(snapToGrid) => settings.set({ snapToGrid })}
      />
      <MenuToggle
        text="Map of the graph"
        checked={settings.minimap}
        onChange={(minimap) => settings.set({ minimap })}
      />
      <MenuLine />
      <MenuItem
        icon={<Gauge size={15} />}
        text="Diagnostics…"
        testId="settings-diagnostics"
        onSelect={() => openDialog('diagnostics')}
      />
    </Menu>
  );
}
