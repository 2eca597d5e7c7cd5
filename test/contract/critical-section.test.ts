import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inCriticalSection } from '../../src/adapters/critical-section.ts';
import { onEachTransport, owner, sleep } from './fixtures/each-transport.ts';

const { signal } = new AbortController();

onEachTransport('a critical section', (underTest) => {
  test('has one at a time in it, though whoever leaves may remove the lock file', async () => {
    const { host, place } = underTest();
    const path = join(place, "claims of 'x'", 'retention.lock');
    let inside = 0;
    let most = 0;
    const enter = (after: number) =>
      sleep(after).then(() =>
        inCriticalSection({ host, as: owner, path, signal }, async () => {
          most = Math.max(most, ++inside);
          await sleep(150);
          await host.run({ argv: ['rm', '-f', '--', path], as: owner });
          inside--;
        }),
      );
    await Promise.all([0, 60, 120, 180, 240].map(enter));
    expect(most).toBe(1);
  });
});
