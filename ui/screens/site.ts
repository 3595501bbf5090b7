import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build, preview } from 'vite';
import type { TestProject } from 'vitest/node';

import { ui, workspace } from './places';

declare module 'vitest' {
  interface ProvidedContext {
    site: string;
  }
}

/** Builds the page on the fake engine and serves it on loopback, under the rules of the app's window. */
export default async function site(project: TestProject): Promise<() => Promise<void>> {
  const outDir = join(workspace, 'target/ui-fake');
  await build({ root: ui, mode: 'fake', logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    root: ui,
    logLevel: 'warn',
    build: { outDir },
    preview: {
      host: '127.0.0.1',
      port: 0,
      headers: { 'Content-Security-Policy': await windowPolicy() },
    },
  });
  const [address] = server.resolvedUrls?.local ?? [];
  if (!address) throw new Error('the page is served nowhere');
  project.provide('site', address);
  return () => server.close();
}

async function windowPolicy(): Promise<string> {
  const config = JSON.parse(await readFile(join(workspace, 'tauri.conf.json'), 'utf8')) as {
    app: { security: { csp: Record<string, string> } };
  };
  const rules = Object.entries(config.app.security.csp);
  return rules.map(([directive, sources]) => `${directive} ${sources}`).join('; ');
}
