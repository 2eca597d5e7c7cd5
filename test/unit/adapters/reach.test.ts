import { expect, test } from 'vitest';
import { reachPort } from '../../../src/adapters/reach.ts';
import { castOf } from '../postgresql/facts.ts';
import { nodesOf } from '../postgresql/nodes.ts';

const { signal } = new AbortController();

/** What is made of a host's word about the address that its connections come from. */
const reached = async (stdout: string) => {
  const node = nodesOf(castOf()).follower;
  const result = { exitCode: 0, stdout, stderr: '', stdoutBytes: new Uint8Array() };
  return reachPort({ ...node, host: { ...node.host, run: async () => result } }, '10.0.0.11', 5432, signal);
};

test('a host says from which address it connects', async () => {
  expect(await reached('10.0.0.12\n')).toEqual({ ok: true, localAddress: '10.0.0.12' });
  expect(await reached('::ffff:10.0.0.12\n')).toEqual({ ok: true, localAddress: '10.0.0.12' });
  expect(await reached('fe80::12%eth0\n')).toEqual({ ok: true, localAddress: 'fe80::12' });
});

test('what is no address is not believed: it would go into the leader’s pg_hba.conf', async () => {
  for (const stdout of ['', '0.0.0.0/0 trust', '10.0.0.12\nhost all all 0.0.0.0/0 trust\n10.0.0.12'])
    expect(await reached(stdout)).toMatchObject({ ok: false });
});
