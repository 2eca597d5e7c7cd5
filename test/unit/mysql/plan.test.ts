import { describe, expect, test } from 'vitest';
import { mysqlAdapter } from '../../../src/adapters/mysql/index.ts';
import type { MethodName } from '../../../src/adapters/mysql/work.ts';
import type { Want } from '../../../src/adapters/adapter.ts';
import { planText } from '../../../src/report/plan-text.ts';
import { plainTerminal } from '../../../src/report/terminal.ts';
import { contextFor } from './context.ts';
import { castOf, type UnlikeCast } from './facts.ts';

/** What `add-follower --dry-run` shows; scripts have tests of their own. */
const planOf = (unlike: UnlikeCast, method: MethodName, wanted: Partial<Want> = {}): string => {
  const context = contextFor(castOf(unlike), method, wanted);
  const adapter = mysqlAdapter(unlike.flavour ?? 'mysql');
  const steps = (['snapshot', 'transfer', 'configureTailing', 'waitForLag'] as const).flatMap((phase) =>
    adapter[phase](context),
  );
  const plan = steps.map((step) => ({ id: step.id, node: step.node, title: step.title, actions: step.plan() }));
  const text = planText(plan, plainTerminal(true)).replaceAll(/(?<= )'\n[^']*(?:'\\''[^']*)*'/g, "'…'");
  return `${text}\n`;
};

const olderLeader = { layout: { version: '8.4.7' }, server: { version: '8.4.7' } } as const;

describe('the dry run', () => {
  test.each<[string, string, UnlikeCast, MethodName, Partial<Want>?]>([
    ['of a clone', 'clone', {}, 'clone'],
    [
      'of a clone from another follower into a mount point, with a plugin to install and binlogs that go too soon',
      'clone-from',
      {
        leader: { settings: { binlog_expire_logs_seconds: '3600' } },
        source: {},
        follower: { disk: { mount: true } },
      },
      'clone',
      { replace: true, discardOld: true, rate: 50_000_000 },
    ],
    [
      'of a dump from an older leader, without GTIDs',
      'dump-84',
      { leader: { ...olderLeader, settings: { gtid_mode: 'OFF' } } },
      'dump',
    ],
    [
      'of a dump, compared by nothing, that catches up fast',
      'dump-fast',
      {},
      'dump',
      { checksums: false, fastCatchUp: true, parallel: 3 },
    ],
    ['of MariaDB by mariabackup', 'mariabackup', { flavour: 'mariadb' }, 'mariabackup'],
    ['of MariaDB by dump, in a cascade', 'mariadb-dump', { flavour: 'mariadb', upstream: {} }, 'dump'],
  ])('%s', async (_, name, unlike, method, wanted) => {
    await expect(planOf(unlike, method, wanted)).toMatchFileSnapshot(`golden/plan-${name}.txt`);
  });

  test('shows no secret', () => {
    const plan = planOf({}, 'clone');
    expect(plan).toContain(`IDENTIFIED BY '********'`);
    expect(plan).toContain(`SOURCE_PASSWORD = '********'`);
  });

  test('is the same each time', () => {
    expect(planOf({}, 'dump')).toBe(planOf({}, 'dump'));
  });
});
