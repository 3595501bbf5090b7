import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
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
});
