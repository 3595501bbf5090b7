import type { Theme } from '../engine/settings';

/** Shows a theme, and follows the system's while it is to be the same. */
export function followTheme(theme: Theme): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const show = () => {
    const dark = theme === 'dark' || (theme === 'system' && system.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  };
  show();
  system.addEventListener('change', show);
  return () => system.removeEventListener('change', show);
}
