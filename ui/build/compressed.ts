import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Plugin } from 'vite';

/** Fonts are compressed in themselves. */
const COMPRESSIBLE = /\.(html|js|css|svg|wasm)$/;

const ways = [
  {
    extension: 'br',
    compress: promisify(brotliCompress),
    options: { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } },
  },
  { extension: 'gz', compress: promisify(gzip), options: { level: 9 } },
] as const;

/**
 * Puts each file's compressed variants beside it, as the room server sends them: made once here, they are as small as can be
 * and nobody waits for them. What would grow has none.
 */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    async writeBundle({ dir }, bundle) {
      const files = Object.keys(bundle).filter((name) => COMPRESSIBLE.test(name));
      await Promise.all(files.map((name) => compressFile(join(dir ?? '', name))));
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const content = await readFile(path);
  for (const { extension, compress, options } of ways) {
    const smaller = await compress(content, options);
    if (smaller.length < content.length) await writeFile(`${path}.${extension}`, smaller);
  }
}
