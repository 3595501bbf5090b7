import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { compressed } from './build/compressed';

export default defineConfig(({ mode }) => ({
  // The window loads its page from the program itself, a guest over the network.
  plugins: [svelte(), ...(mode === 'guest' ? [compressed()] : [])],
  // The window loads the UI from its own scheme, at whatever path.
  base: './',
  build: {
    outDir: 'dist',
    // The engines that the app's window has: WebKitGTK 2.40, WKWebView of macOS 13, WebView2.
    target: ['safari16.4', 'chrome111'],
    // A strict CSP forbids fonts and pictures in data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { include: ['tests/**/*.test.ts'] },
}));
