import { describe, expect, test } from 'vitest';
import { postgresql } from '../../../src/adapters/postgresql/index.ts';
import { planText } from '../../../src/report/plan-text.ts';

import { plainTerminal } from '../../../src/report/terminal.ts';
import { castOf, type UnlikeCast } from './facts.ts';
import { contextFor } from './nodes.ts';

/** What `add-follower --dry-run` shows. */
const planOf = (unlike: UnlikeCast, wanted: Parameters<typeof contextFor>[1] = {}): string => {
  const context = contextFor(castOf(unlike), wanted);
  const steps = (['snapshot', 'transfer', 'configureTailing', 'waitForLag'] as const).flatMap((phase) =>
    postgresql[phase](context),
  );
  const plan = steps.map((step) => ({ id: step.id, node: step.node, title: step.title, actions: step.plan() }));
  // Scripts have tests of their own.
  const text = planText(plan, plainTerminal(true)).replace(
    /(sh -c) '\n[\s\S]*?\n[^\n]*?' (swap|close) /g,
    "$1 '…' $2 ",
  );
  return `${text}\n`;
};

const plain = {
  layout: { kind: 'plain', dataDir: '/srv/pg', configDir: '/srv/pg', port: 5433, control: 'pg_ctl' },
  server: null,
} as const;

describe('the dry run', () => {
  test.each<[string, string, UnlikeCast, Parameters<typeof contextFor>[1]?]>([
    ['of a follower of the leader', 'add-follower', {}],
    [
      'of a copy from another follower, old data to be removed, at a rate',
      'copy-from',
      { source: {} },
      { replace: true, discardOld: true, rate: 50_000_000 },
    ],
    [
      'of a cascade with tablespaces and a log directory, into a mount point',
      'cascade',
      {
        upstream: { server: { tablespaces: [{ oid: 16_400, name: 'fast', path: '/srv/fast', bytes: 1 }] } },
        follower: { disk: { mount: true, wal: { dir: '/wal/17', free: 1e12, device: '9', mount: false } } },
      },
      { database: { tablespaces: { '/srv/fast': '/mnt/ssd/fast' } } },
    ],
    [
      'of an empty directory named in the fleet file, without TLS',
      'empty-directory',
      { leader: { settings: { ssl: 'off' } }, follower: { ...plain, disk: { entries: 0, serverProcess: false } } },
      { maxLag: { bytes: 16_777_216 } },
    ],
  ])('%s', async (_, name, unlike, wanted) => {
    await expect(planOf(unlike, wanted)).toMatchFileSnapshot(`golden/plan-${name}.txt`);
  });

  test('shows no secret', () => {
    const plan = planOf({});
    expect(plan).toContain(`PASSWORD '********'`);
    expect(plan).toContain('replctl_db2:********');
    expect(plan).not.toContain('SCRAM-SHA-256$');
  });

  test('is the same each time', () => {
    expect(planOf({})).toBe(planOf({}));
  });
});
