import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src', import.meta.url));
const files = globSync('**/*.ts', { cwd: root }).toSorted();

interface Import {
  readonly specifier: string;
  /** Nothing of it is left at run time. */
  readonly isType: boolean;
}

/** Every module that a file names: imports and exports, of types too, and dynamic imports. */
const importsOf = (file: string): readonly Import[] => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  const statements = /(?:^|[\s(])(?:(import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\sfrom\s+)?|import\(\s*)'([^'\n]+)'/g;
  return [...text.matchAll(statements)].map((match) => ({ specifier: match[3]!, isType: match[2] !== undefined }));
};

/** The part of the house that a file belongs to: its folder, its engine, or a file at the top by its name. */
const partOf = (file: string): string => {
  const [first = '', second = '', third] = file.split('/');
  if (first === 'adapters' && third !== undefined) return `adapters/${second}`;
  if (file === 'adapters/index.ts') return 'adapters/index';
  return second === '' ? first.replace(/\.ts$/, '') : first;
};

const leaves = ['errors', 'masked', 'awake-timer'];

/** What each part may import besides itself and the leaves: parts, or single files of a part; after `type`, its types only. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  masked: [],
  'awake-timer': [],
  flags: ['type procedures/contract.ts'],
  fleet: ['type hosts/settings.ts'],
  hosts: ['type workflow/store.ts', 'type workflow/json.ts'],
  workflow: [],
  report: ['type procedures/contract.ts', 'type workflow', 'type adapters/adapter.ts'],
  // What several engines do alike waits as they do.
  adapters: ['hosts/host.ts', 'hosts/job.ts', 'workflow/waiting.ts', 'type workflow/step.ts', 'type workflow/json.ts'],
  // The registry of the engines.
  'adapters/index': ['adapters', 'adapters/postgresql', 'adapters/mysql'],
  procedures: ['workflow', 'type adapters/adapter.ts', 'type session', 'fleet'],
  session: ['fleet', 'hosts', 'adapters', 'adapters/index', 'workflow'],
  commands: ['procedures', 'session', 'report', 'fleet', 'flags', 'base-command'],
  consent: ['type procedures/contract.ts'],
  'usage-error': ['fleet/nearest.ts'],
  'base-command': ['consent', 'usage-error', 'flags', 'type procedures/contract.ts', 'report', 'session', 'workflow'],
  'escaped-failure': ['fleet/nearest.ts', 'report'],
  main: ['escaped-failure'],
};

/** Waiting and rates are of no engine, and a wait that heeds the signal is not to be written twice. */
const engine = ['adapters', 'workflow/rate.ts', ...allowed['adapters']!];

/** Which parts may use which package. */
const owners: Readonly<Record<string, readonly string[]>> = {
  '@oclif/core': ['commands', 'flags', 'base-command', 'escaped-failure', 'main'],
  listr2: ['workflow', 'report'],
  ssh2: ['hosts'],
  execa: ['hosts'],
  pg: ['adapters/postgresql'],
  mysql2: ['adapters/mysql'],
  zod: ['fleet'],
  yaml: ['fleet'],
  'cli-table3': ['report'],
};

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const mayImport = (file: string, target: string, isType: boolean): boolean => {
  const [from, to] = [partOf(file), partOf(target)];
  if (from === to || leaves.includes(to)) return true;
  const list = (allowed[from] ?? engine).filter((entry) => isType || !entry.startsWith('type '));
  return list.map((entry) => entry.replace('type ', '')).some((entry) => entry === to || entry === target);
};

const isAllowed = (file: string, { specifier, isType }: Import): boolean => {
  if (specifier.startsWith('node:')) return true;
  if (specifier.startsWith('.')) return mayImport(file, relative(root, join(root, dirname(file), specifier)), isType);
  const mayUse = owners[packageOf(specifier)];
  return mayUse === undefined || mayUse.includes(partOf(file)) || (isType && packageOf(specifier) === '@oclif/core');
};

describe('who may import whom', () => {
  test.each(files)('%s', (file) => {
    expect(importsOf(file).filter((entry) => !isAllowed(file, entry))).toEqual([]);
  });

  test('imports are found in every form', () => {
    const found = files.flatMap(importsOf);
    expect(found.filter(({ isType }) => isType).length).toBeGreaterThan(20);
    expect(importsOf('commands/status.ts').map(({ specifier }) => specifier)).toEqual([
      '@oclif/core',
      '../base-command.ts',
      '../errors.ts',
      '../procedures/contract.ts',
      '../procedures/status.ts',
      '../report/status-text.ts',
    ]);
  });

  test('every part of the house is in the table', () => {
    const parts = new Set(files.map(partOf).filter((part) => !part.startsWith('adapters/')));
    expect([...parts].filter((part) => !(part in allowed))).toEqual([]);
  });

  test('every package that is imported is a dependency of the package', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const named = files.flatMap(importsOf).filter(({ specifier }) => !/^(\.|node:)/.test(specifier));
    const names = new Set(named.map(({ specifier }) => packageOf(specifier)));
    expect([...names].filter((name) => !(name in dependencies))).toEqual([]);
  });
});

describe('the size of files', () => {
  test.each(files)('%s', (file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    expect(lines).toBeLessThanOrEqual(file.startsWith('commands/') ? 80 : 250);
  });
});
