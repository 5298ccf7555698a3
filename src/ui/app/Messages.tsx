import { Undo2, X } from 'lucide-react';
import { useStore } from 'zustand';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { Keys } from '../parts/Hint.tsx';
import { engineStore } from '../stores/engineStore.ts';
import { saveFile } from '../stores/files.ts';
import { dismissToast, hideBanner, holdToasts, runToastAction, uiStore } from '../stores/uiStore.ts';
import styles from './app.module.css';

const cx = moduleClasses(styles);

/** What must stay visible: storage that fails, an engine that is gone. */
export function Banners() {
  const banners = useStore(uiStore, (state) => state.banners);
  const connection = useStore(engineStore, (state) => state.connection);
  const message = useStore(engineStore, (state) => state.connectionMessage);
  return (
    <>
      {message !== null && connection !== 'ready' && (
        <div className={cx('banner', connection === 'stopped' ? 'error' : 'warning')} role="alert">
          <span>{message}</span>
          {connection === 'stopped' && (
            <Button small look="outlined" onClick={() => location.reload()}>
              Reload the page
            </Button>
          )}
        </div>
      )}
      {banners.map((banner) => (
        <div
          key={banner.key}
          className={cx('banner', banner.tone)}
          role="alert"
          data-testid={`banner-${banner.key}`}
        >
          <span>{banner.text}</span>
          {banner.key === 'storage' && (
            <Button small look="outlined" onClick={saveFile}>
              Save as a file
            </Button>
          )}
          <IconButton small label="Dismiss" icon={<X size={14} />} onClick={() => hideBanner(banner.key)} />
        </div>
      ))}
    </>
  );
}

/** The way back from a document that was just opened, for a few seconds, in the free end of the line of tabs. */
export function Offer() {
  const offer = useStore(uiStore, (state) => state.toasts.find(({ action }) => action !== null));
  if (offer === undefined || offer.action === null) return null;
  const { id, text, action } = offer;
  return (
    <div
      className={cx('offer')}
      role="status"
      aria-live="off"
      data-testid="offer"
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      <Button
        small
        look="outlined"
        title={`${text} ${action.text}`}
        data-testid="toast-action"
        onClick={() => runToastAction(id)}
      >
        <Undo2 className={cx('offerSign')} size={14} aria-hidden="true" />
        <span className={cx('offerText')}>{action.text}</span> <Keys keys={action.keys} />
      </Button>
      <IconButton small side="left" label="Dismiss" icon={<X size={14} />} onClick={() => dismissToast(id)} />
    </div>
  );
}

const hold = (): void => holdToasts(true);
const release = (): void => holdToasts(false);

/** What just happened, for a few seconds, where it covers neither cards nor fields. */
export function Toasts() {
  const all = useStore(uiStore, (state) => state.toasts);
  const toasts = all.filter(({ action }) => action === null);
  return (
    // Spoken through the one live region below, not from here.
    <div
      className={cx('toasts')}
      role="status"
      aria-live="off"
      data-testid="toasts"
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      {toasts.map(({ id, text, tone }) => (
        <div key={id} className={cx('toast', tone)}>
          <span>{text}</span>
          <IconButton
            small
            side="left"
            label="Dismiss"
            icon={<X size={14} />}
            onClick={() => dismissToast(id)}
          />
        </div>
      ))}
    </div>
  );
}

/** What screen readers are told, in one place, so that nothing is said twice. */
export function Announcer() {
  const announcement = useStore(uiStore, (state) => state.announcement);
  return (
    <div className={cx('srOnly')} aria-live="polite" data-testid="announcement">
      {announcement}
    </div>
  );
}
