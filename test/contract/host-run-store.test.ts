import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRunStore } from '../../src/hosts/run-store.ts';
import { failure, onEachTransport, otherUser, owner, sleep } from './fixtures/each-transport.ts';

const claimant = (run: string) => ({
  run,
  owner: 'me@laptop (7)',
  since: '2026-11-27T10:00:00Z',
  boot: 'boot',
  pid: 7,
  started: '42',
});
let count = 0;

onEachTransport('run store', (underTest) => {
  const open = () => {
    const directory = join(underTest().place, `state ${++count}`, 'deep');
    return { directory, store: openRunStore(underTest().host, { directory, as: owner }) };
  };

  test('keeps a journal line by line', async () => {
    const { store, directory } = open();
    expect(await store.read('r-1')).toBeUndefined();
    expect(await store.list()).toEqual([]);
    const lines = ['{"a":"é"}', "it's $(id) `id` \\", '', ' spaces ', 'x'.repeat(200_000)];
    await store.append('r-1', lines[0]!);
    await store.append('r-1', ...lines.slice(1));
    await store.append('r-2', 'other');
    expect(await store.read('r-1')).toBe(`${lines.join('\n')}\n`);
    expect((await store.list()).toSorted()).toEqual(['r-1', 'r-2']);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'runs')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'runs', 'r-1.ndjson')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'runs', 'r-1.ndjson')).uid).toBe(statSync(underTest().place).uid);
  });

  test('closes a line that a power cut tore before it adds another', async () => {
    const { store, directory } = open();
    await store.append('r-1', 'one');
    writeFileSync(join(directory, 'runs', 'r-1.ndjson'), 'one\n{"torn');
    await store.append('r-1', 'two');
    expect(await store.read('r-1')).toBe('one\n{"torn\ntwo\n');
  });

  test('takes no foreign names for runs', async () => {
    const { store, directory } = open();
    await store.append('r-1', 'one');
    writeFileSync(join(directory, 'runs', '-rf.ndjson'), '');
    writeFileSync(join(directory, 'runs', 'r-2.other'), '');
    expect(await store.list()).toEqual(['r-1']);
    expect(await failure(store.append('../escape', 'x'))).toMatchObject({ code: 'BUG' });
    expect(await failure(store.append('r-1', 'a\nb'))).toMatchObject({ code: 'BUG' });
  });

  test('grants the lease to one of many claimants', async () => {
    const { store } = open();
    const runs = Array.from({ length: 10 }, (_, index) => `r-${index}`);
    const claims = await Promise.all(runs.map(async (run) => store.claim(claimant(run))));
    const granted = claims.filter((claim) => claim.granted);
    expect(granted).toEqual([{ granted: true, epoch: 1 }]);
    const winner = runs[claims.findIndex((claim) => claim.granted)];
    for (const claim of claims) {
      if (claim.granted) continue;
      expect(claim.holder).toMatchObject({ ...claimant(winner!), epoch: 1 });
      expect(claim.holder.expiresIn).toBeGreaterThan(50);
      expect(claim.holder.expiresIn).toBeLessThanOrEqual(60);
    }
  });

  test('counts a new epoch at every grant, and refuses the old one', async () => {
    const { store } = open();
    expect(await store.claim(claimant('r-1'))).toEqual({ granted: true, epoch: 1 });
    expect(await store.claim(claimant('r-1'))).toEqual({ granted: true, epoch: 2 });
    expect(await store.renew(1)).toBe(false);
    expect(await store.renew(2)).toBe(true);
    await store.release(1);
    expect(await store.claim(claimant('r-2'))).toMatchObject({ granted: false });
    await store.release(2);
    expect(await store.claim(claimant('r-2'))).toEqual({ granted: true, epoch: 3 });
  });

  test('takes no renewal that comes after the release: it was under way, and its owner has gone', async () => {
    const { store } = open();
    await store.claim(claimant('r-1'));
    await store.release(1);
    expect(await store.renew(1)).toBe(false);
    expect(await store.claim(claimant('r-2'))).toMatchObject({ granted: true });
  });

  test("gives a dead owner's lease away, that one only", async () => {
    const { store } = open();
    await store.claim(claimant('r-1'));
    expect(await store.claim(claimant('r-2'), 7)).toMatchObject({ granted: false });
    expect(await store.claim(claimant('r-2'), 1)).toEqual({ granted: true, epoch: 2 });
  });

  test("gives an expired lease away; until then it is still its owner's to renew", async () => {
    const { store, directory } = open();
    await store.claim(claimant('r-1'));
    const file = join(directory, 'lease');
    const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n');
    const [epoch, , boot] = first.split(' ');
    const expire = () => writeFileSync(file, [`${epoch} 1 ${boot}`, ...rest].join('\n'));
    expire();
    expect(await store.renew(1)).toBe(true);
    expire();
    expect(await store.claim(claimant('r-2'))).toEqual({ granted: true, epoch: 2 });
    expect(await store.renew(1)).toBe(false);
  });

  test('takes the lease of an earlier boot, or one that claims too long a life, for expired', async () => {
    for (const line of ['4 999999999999 BOOT', '4 99999 another-boot']) {
      const { store, directory } = open();
      await store.claim(claimant('r-1'));
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      writeFileSync(join(directory, 'lease'), `${line.replace('BOOT', boot)}\nx\nx\n`);
      expect(await store.claim(claimant('r-2'))).toEqual({ granted: true, epoch: 5 });
    }
  });

  test.each(['', 'garbage', '\0\0\0', '-1 2 3', '9'.repeat(40)])(
    'survives a lease file that says %j',
    async (garbage) => {
      const { store, directory } = open();
      mkdirSync(join(underTest().place, 'any'), { recursive: true });
      await store.claim(claimant('r-1'));
      writeFileSync(join(directory, 'lease'), garbage);
      const claim = await store.claim(claimant('r-2'));
      expect(claim).toMatchObject({ granted: true });
      expect('epoch' in claim && claim.epoch).toBeGreaterThan(1);
    },
  );

  test.each([owner, undefined])('runs a guarded command as %s only while the lease is ours', async (as) => {
    const { store } = open();
    const { host } = underTest();
    const argv = ['sh', '-c', 'cat; echo acted >&2; exit 3'];
    const act = async (epoch: number) => host.run({ argv, as, stdin: 'in', guard: store.guard(epoch) });
    expect(await failure(act(1))).toMatchObject({ code: 'LEASE_LOST', node: 'db1' });
    await store.claim(claimant('r-1'));
    expect(await act(1)).toMatchObject({ exitCode: 3, stdout: 'in', stderr: 'acted\n' });
    expect(await failure(act(2))).toMatchObject({ code: 'LEASE_LOST' });
    await store.claim(claimant('r-2'), 1);
    expect(await failure(act(1))).toMatchObject({ code: 'LEASE_LOST' });
    await store.release(2);
    expect(await failure(act(2))).toMatchObject({ code: 'LEASE_LOST' });
  });

  test.each([owner, undefined])('keeps others from the lease while a guarded command runs as %s', async (as) => {
    const { store } = open();
    await store.claim(claimant('r-1'));
    const acting = underTest().host.run({ argv: ['sleep', '1.5'], as, guard: store.guard(1) });
    await sleep(500);
    const begun = performance.now();
    expect(await store.renew(1)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(900);
    expect(await store.claim(claimant('r-2'), 1)).toEqual({ granted: true, epoch: 2 });
    expect(performance.now() - begun).toBeGreaterThan(600);
    await acting;
  });

  test('does not leave the lease to a server that a guarded command starts', async () => {
    const { store } = open();
    const { host } = underTest();
    await store.claim(claimant('r-1'));
    const argv = ['sh', '-c', 'setsid sleep 30 >/dev/null 2>&1 & echo $!'];
    const { stdout } = await host.run({ argv, as: owner, guard: store.guard(1) });
    expect(await store.claim(claimant('r-2'), 1)).toEqual({ granted: true, epoch: 2 });
    await host.run({ argv: ['kill', stdout.trim()], as: owner });
  });

  test.skipIf(otherUser === undefined)('writes guarded files', async () => {
    const { store } = open();
    const { host, place } = underTest();
    await store.claim(claimant('r-1'));
    const path = join(place, 'guarded');
    await host.writeFile({ path, content: 'x', mode: 0o600, as: owner, guard: store.guard(1) });
    expect(
      await failure(host.writeFile({ path, content: 'y', mode: 0o600, as: owner, guard: store.guard(9) })),
    ).toMatchObject({
      code: 'LEASE_LOST',
    });
    expect(readFileSync(path, 'utf8')).toBe('x');
    expect(readdirSync(place).filter((name) => name.startsWith('.replctl'))).toEqual([]);
  });
});
