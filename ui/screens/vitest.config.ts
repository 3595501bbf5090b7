import { defineConfig } from 'vitest/config';

/** `npm run screens`: every screen in a real browser, on the engine that makes everything up. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    globalSetup: ['site.ts'],
    fileParallelism: false,
    // Pages of one browser.
    maxConcurrency: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
