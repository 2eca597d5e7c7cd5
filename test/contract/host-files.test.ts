import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Masked } from '../../src/masked.ts';
import { failure, onEachTransport, otherUser, owner } from './fixtures/each-transport.ts';

onEachTransport('files', (underTest) => {
  test.each([
    'plain',
    'o\'dd "name"',
    'two words',
    'line\nbreak',
    '-rf',
    '$(id)',
    'ключ',
    '*',
    '%s',
    'a\\b',
    'x'.repeat(255),
  ])('writes and reads %j with mode and owner', async (name) => {
    const { host, place } = underTest();
    const path = join(place, name);
    await host.writeFile({ path, content: 'first', mode: 0o640, as: owner });
    await host.writeFile({ path, content: new Masked('second é'), mode: 0o600, as: owner });
    expect(Buffer.from((await host.readFile(path, { as: owner })) ?? []).toString()).toBe('second é');
    expect(statSync(path).mode & 0o7777).toBe(0o600);
    expect(statSync(path).uid).toBe(statSync(place).uid);
  });

  test('writes bytes as they are, empty ones and many', async () => {
    const { host, place } = underTest();
    for (const size of [0, 1, 5_000_000]) {
      const content = randomBytes(size);
      const path = join(place, `bytes ${size}`);
      await host.writeFile({ path, content, mode: 0o600, as: owner });
      expect(readFileSync(path).equals(content)).toBe(true);
    }
  });

  test('leaves no temporary file behind, whether it wrote or not', async () => {
    const { host, place } = underTest();
    await host.writeFile({ path: join(place, 'one'), content: 'x', mode: 0o600, as: owner });
    await failure(host.writeFile({ path: place, content: 'x', mode: 0o600, as: owner }));
    expect(readdirSync(place).filter((name) => name.startsWith('.replctl'))).toEqual([]);
  });

  test('replaces a symbolic link and not what it points to', async () => {
    const { host, place } = underTest();
    writeFileSync(join(place, 'target'), 'kept');
    symlinkSync(join(place, 'target'), join(place, 'link'));
    await host.writeFile({ path: join(place, 'link'), content: 'new', mode: 0o600, as: owner });
    expect(readFileSync(join(place, 'target'), 'utf8')).toBe('kept');
    expect(readFileSync(join(place, 'link'), 'utf8')).toBe('new');
  });

  test('gives undefined for a file that is not there and an error for one that may not be read', async () => {
    const { host, place } = underTest();
    expect(await host.readFile(join(place, 'nothing here'), { as: owner })).toBeUndefined();
    expect(await failure(host.readFile(place, { as: owner }))).toMatchObject({ code: 'COMMAND_FAILED', node: 'db1' });
  });

  test('says which file was not written and why', async () => {
    const path = join(underTest().place, 'no', 'such', 'directory');
    const error = await failure(underTest().host.writeFile({ path, content: 'x', mode: 0o600, as: owner }));
    expect(error).toMatchObject({ code: 'COMMAND_FAILED', node: 'db1' });
    expect(error).toHaveProperty('message', expect.stringContaining(path));
  });

  test.skipIf(otherUser === undefined)('refuses to let root write where someone else can', async () => {
    const error = await failure(
      underTest().host.writeFile({ path: join(underTest().place, 'trap'), content: 'x', mode: 0o600 }),
    );
    expect(error).toMatchObject({
      code: 'FAILED',
      hint: expect.stringContaining('owner of that directory') as unknown,
    });
  });
});
