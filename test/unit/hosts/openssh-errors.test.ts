import { expect, test } from 'vitest';
import { opensshFailure } from '../../../src/hosts/openssh-errors.ts';
import type { Hop, Route } from '../../../src/hosts/route.ts';

const hop = (node: string, host: string): Hop =>
  ({ node, host, port: 22, user: 'root', identityFiles: [] }) as unknown as Hop;
const route = {
  hops: [hop('the jump host of db1', '192.0.2.1'), hop('db1', '192.0.2.2')],
  connectTimeoutSeconds: 2,
} as unknown as Route;

test.each([
  ['while it connects', 'ssh: connect to host 192.0.2.2 port 22: Connection timed out\r\n', 'db1'],
  [
    'while it waits for a greeting',
    'Connection timed out during banner exchange\r\nConnection to 192.0.2.2 port 22 timed out\r\n',
    'db1',
  ],
  ['on the way', 'ssh: connect to host 192.0.2.1 port 22: Connection timed out\r\n', 'the jump host of db1'],
])("ssh's own limit says what ours says, %s", async (_, stderr, node) => {
  const failure = await opensshFailure(route, `debug1: timed out\n${stderr}`);
  expect(failure).toMatchObject({ code: 'HOST_UNREACHABLE', node, retryable: true });
  expect(failure.message).toMatch(/no login within 2 s$/);
});
