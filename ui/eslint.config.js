import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

export default ts.config(
  // What is made, what is written in Rust, and the room server's pages, which have no script.
  {
    ignores: [
      'dist/',
      'dist-guest/',
      'dist.new/',
      'wasm/',
      'src/protocol/',
      'src/engine/browser/core.ts',
      'src/engine/desktop/shell.ts',
      'landing/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  { languageOptions: { globals: globals.browser } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      // Everything from people is text.
      'svelte/no-at-html-tags': 'error',
      // Collections are either never followed, or replaced as a whole at each change.
      'svelte/prefer-svelte-reactivity': 'off',
      'max-lines': ['error', 400],
    },
  },
);
