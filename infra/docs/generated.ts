import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationTable } from './configuration.ts';
import { environmentPage } from './environment.ts';
import { replaced } from './markdown.ts';

/** A file that `make docs` writes, wholly or between marks. */
export interface Generated {
  readonly file: string;
  readonly current: string;
  readonly fresh: string;
}

export function generated(): readonly Generated[] {
  const readme = fileOf('README.md');
  const environment = fileOf('docs/ENVIRONMENT.md');
  const text = read(readme);
  return [
    { file: readme, current: text, fresh: replaced(text, 'configuration', configurationTable()) },
    { file: environment, current: read(environment), fresh: environmentPage() },
  ];
}

function fileOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
