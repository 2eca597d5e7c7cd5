import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { clientInput } from '../../../src/adapters/mysql/clone/client.ts';
import { dumpJob, loadJob } from '../../../src/adapters/mysql/dump/jobs.ts';
import { masked, reveal } from '../../../src/masked.ts';
import { workFor } from './context.ts';
import { castOf } from './facts.ts';

describe('what a job runs by perl compiles without a warning', () => {
  test.each([
    ['a dump', dumpJob(workFor(castOf({}), 'dump')).stdin],
    ['its load', loadJob(workFor(castOf({}), 'dump')).stdin],
    ['the relay of a clone under --rate', clientInput(workFor(castOf({}), 'clone', { rate: 1e6 }), masked`secret`)],
  ])('%s', (_, program) => {
    const { stderr, status } = spawnSync('perl', ['-wc', '-'], { input: reveal(program!), encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '- syntax OK\n', status: 0 });
  });
});
