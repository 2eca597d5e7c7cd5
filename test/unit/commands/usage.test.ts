import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownDirectory, withNodes } from '../fleet/fleet-file.ts';
import { replctl } from './replctl.ts';

const wrong: readonly (readonly [argv: string, message: string])[] = [
  ['statu', 'replctl has no command "statu" (did you mean "status"?).'],
  ['runs fro', 'replctl has no command "runs fro"'],
  ['status --jsn', 'Nonexistent flag: --jsn (did you mean "--json"?)'],
  ['status a b', 'Unexpected argument: b'],
  ['status --fleet', 'Flag --fleet expects a value'],
  ['add-follower', 'Missing 1 required arg: node'],
  ['add-follower db3 --max-lag soon', '--max-lag: "soon" is neither a duration nor a size.'],
  ['add-follower db3 --wait-timeout 1', '--wait-timeout: "1" is not a duration.'],
  ['add-follower db3 --rate fast', '--rate: "fast" is not a rate.'],
  ['add-follower db3 --parallel 0', '--parallel: Expected an integer greater than or equal to 1'],
  [
    'add-follower db3 --method rsync',
    'Expected --method=rsync to be one of: auto, basebackup, clone, dump, mariabackup',
  ],
  ['add-follower db3 --progress loud', 'Expected --progress=loud to be one of: live, plain, none'],
  ['add-follower db3 --events /no/such/directory/events', 'The events cannot be written to /no/such/directory/events'],
];

describe('what the command line refuses', () => {
  test.concurrent.each(wrong)('%s', async (argv, message) => {
    const { exitCode, stdout, stderr } = await replctl(argv.split(' '));
    expect(stderr).toContain(`Error: ${message}`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test.concurrent.each([...wrong.map(([argv]) => argv), 'add-follower db3 --events -', ''])(
    '%s --json: exactly one document',
    async (argv) => {
      const { exitCode, stdout, stderr } = await replctl([...argv.split(' ').filter(Boolean), '--json']);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        run: null,
        error: { code: 'USAGE', exitCode: 2, retryable: false },
        result: null,
        warnings: [],
      });
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    },
  );
});

describe('a question that nobody can answer', () => {
  test.each(['abandon', 'remove-follower db3', 'remove-follower db3 --gone'])(
    '%s names the flag that answers it',
    async (argv) => {
      const { exitCode, stderr } = await replctl(argv.split(' '));
      expect(stderr).toContain('--yes');
      expect(exitCode).toBe(2);
      const { stdout } = await replctl([...argv.split(' '), '--json']);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        error: { code: 'CONSENT_MISSING', details: { flag: '--yes' } },
      });
    },
  );
});

describe('the fleet file of a command', () => {
  test('that is missing ends it with exit 2', async () => {
    const { exitCode, stdout, stderr } = await replctl(['status']);
    expect(stderr).toContain('The fleet file replctl.yaml cannot be read: there is no such file.');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test('that is wrong has every problem on a line of its own', async () => {
    const directory = await ownDirectory();
    await writeFile(join(directory, 'replctl.yaml'), withNodes('db1: {}', 'db2: {}'));
    const { exitCode, stderr } = await replctl(['status'], { directory });
    expect(stderr).toContain('replctl.yaml:4:3: db1 needs "host"');
    expect(stderr).toContain('\n       replctl.yaml:5:3: db2 needs "host"');
    expect(exitCode).toBe(2);
  });

  test('may come on standard input', async () => {
    const { exitCode, stdout } = await replctl(['check', 'db9', '--fleet', '-', '--json'], {
      stdin: withNodes('db1: { host: a }', 'db2: { host: b, follows: db1 }'),
    });
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'USAGE', message: expect.stringContaining('no node "db9"') },
    });
    expect(exitCode).toBe(2);
  });
});

describe('the ways to read the answer', () => {
  test('REPLCTL_CONTENT_TYPE=json is --json', async () => {
    const { stdout } = await replctl(['status'], { environment: { REPLCTL_CONTENT_TYPE: 'json' } });
    expect(JSON.parse(stdout)).toMatchObject({ command: 'status', error: { code: 'FLEET_INVALID' } });
  });

  test('the last event carries the document, on failure too', async () => {
    const directory = await ownDirectory();
    const { exitCode } = await replctl(['add-follower', 'db3', '--events', 'events.ndjson'], { directory });
    const lines = (await readFile(join(directory, 'events.ndjson'), 'utf8')).trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      event: 'run-ended',
      ok: false,
      envelope: { command: 'add-follower', error: { code: 'FLEET_INVALID' } },
    });
    expect(exitCode).toBe(2);
  });

  test('events on standard output leave room for nothing else there', async () => {
    const { stdout } = await replctl(['add-follower', 'db3', '--events', '-']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ event: 'run-ended', ok: false });
  });

  test('the runs of a machine that has none', async () => {
    const { exitCode, stdout } = await replctl(['runs', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, command: 'runs', result: { runs: [] } });
    expect(exitCode).toBe(0);
  });

  test('a run that does not exist', async () => {
    const { exitCode, stdout } = await replctl(['runs', 'show', 'r-0000000000', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, command: 'runs show', error: { code: 'RUN_NOT_FOUND' } });
    expect(exitCode).toBe(2);
  });
});
