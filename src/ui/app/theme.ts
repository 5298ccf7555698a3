import { useLayoutEffect, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { settingsStore } from '../stores/settingsStore.ts';

const LIGHT = '(prefers-color-scheme: light)';

function subscribe(onChange: () => void): () => void {
  const query = matchMedia(LIGHT);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}

/** The theme in effect: the choice, or what the system prefers. */
export function useResolvedTheme(): 'dark' | 'light' {
  const choice = useStore(settingsStore, (state) => state.theme);
  const systemLight = useSyncExternalStore(subscribe, () => matchMedia(LIGHT).matches);
  return choice === 'system' ? (systemLight ? 'light' : 'dark') : choice;
}

/** Puts the theme on the root element, where the tokens look for it. */
export function useThemeAttribute(): void {
  const theme = useResolvedTheme();
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
}
