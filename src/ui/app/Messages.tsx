import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { Button, IconButton } from '../parts/Button.tsx';
import { moduleClasses } from '../parts/classNames.ts';
import { engineStore } from '../stores/engineStore.ts';
import { saveFile } from '../stores/files.ts';
import { dismissToast, hideBanner, uiStore } from '../stores/uiStore.ts';
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

/** What just happened, for a few seconds; and what screen readers are told. */
export function Toasts() {
  const toasts = useStore(uiStore, (state) => state.toasts);
  const announcement = useStore(uiStore, (state) => state.announcement);
  return (
    <>
      <div className={cx('toasts')} role="status">
        {toasts.map((each) => (
          <button
            key={each.id}
            type="button"
            className={cx('toast', each.tone)}
            onClick={() => dismissToast(each.id)}
          >
            {each.text}
          </button>
        ))}
      </div>
      <div className={cx('srOnly')} aria-live="polite" data-testid="announcement">
        {announcement}
      </div>
    </>
  );
}
