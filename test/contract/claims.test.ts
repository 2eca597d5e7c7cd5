import { expect, test } from 'vitest';
import { claim, holdsClaim, release, type ClaimPlace } from '../../src/adapters/claims.ts';
import { onEachTransport, owner } from './fixtures/each-transport.ts';

const { signal } = new AbortController();

/** A setting that runs raise to 9, and an administrator may choose. */
const setting = (at: Pick<ClaimPlace, 'host' | 'directory'>) => {
  const place: ClaimPlace = { ...at, as: owner, name: 'retention' };
  let value = '3';
  return {
    place,
    value: () => value,
    choose: (chosen: string) => {
      value = chosen;
    },
    raise: (run: string, node: string) =>
      claim(
        place,
        { run, node },
        {
          signal,
          look: async () => value,
          change: async () => {
            value = '9';
          },
        },
      ),
    giveBack: (whose: Parameters<typeof release>[1]) =>
      release(place, whose, {
        signal,
        look: async () => value,
        restore: async (original) => {
          value = original;
        },
      }),
  };
};

onEachTransport('claims', (underTest) => {
  const begin = () => {
    const { host, place } = underTest();
    return setting({ host, directory: `${place}/it's a "node"` });
  };

  test('are given back one by one, and the last of them puts back what was there before the first', async () => {
    const { raise, giveBack, value, place } = begin();
    await raise('r-aaaaaaaaaa', 'db2');
    await raise('r-bbbbbbbbbb', 'db3');
    await raise('r-bbbbbbbbbb', 'db3');
    await giveBack({ run: 'r-aaaaaaaaaa' });
    await giveBack({ run: 'r-aaaaaaaaaa' });
    expect(value()).toBe('9');
    expect(await holdsClaim(place, { run: 'r-aaaaaaaaaa' }, signal)).toBe(false);
    expect(await holdsClaim(place, { node: 'db3' }, signal)).toBe(true);
    await giveBack({ run: 'r-bbbbbbbbbb' });
    expect(value()).toBe('3');
    expect(await place.host.run({ argv: ['ls', '-A', `${place.directory}/claims`], as: owner })).toMatchObject({
      stdout: '',
    });
  });

  test('of a run that is forgotten are void once the same node has another', async () => {
    const { raise, giveBack, value, place } = begin();
    await raise('r-aaaaaaaaaa', 'db2');
    await raise('r-cccccccccc', 'db2');
    expect(await holdsClaim(place, { run: 'r-aaaaaaaaaa' }, signal)).toBe(false);
    await giveBack({ run: 'r-cccccccccc' });
    expect(value()).toBe('3');
  });

  test('of a node are given back together, and those of others stay', async () => {
    const { raise, giveBack, value, place } = begin();
    await raise('r-aaaaaaaaaa', 'db2');
    await raise('r-bbbbbbbbbb', 'db3');
    await giveBack({ node: 'db2' });
    expect(value()).toBe('9');
    expect(await holdsClaim(place, { run: 'r-bbbbbbbbbb' }, signal)).toBe(true);
    await giveBack({ node: 'db3' });
    expect(value()).toBe('3');
  });

  test('leave alone what somebody else has chosen since', async () => {
    const { raise, giveBack, choose, value, place } = begin();
    await raise('r-aaaaaaaaaa', 'db2');
    choose('12');
    await giveBack({ node: 'db2' });
    expect(value()).toBe('12');
    expect(await holdsClaim(place, { node: 'db2' }, signal)).toBe(false);
  });

  test('take what somebody has chosen between two of them for the original', async () => {
    const { raise, giveBack, choose, value } = begin();
    await raise('r-aaaaaaaaaa', 'db2');
    choose('5');
    await raise('r-bbbbbbbbbb', 'db3');
    expect(value()).toBe('9');
    await giveBack({ run: 'r-aaaaaaaaaa' });
    await giveBack({ run: 'r-bbbbbbbbbb' });
    expect(value()).toBe('5');
  });

  test('that were cut off before they knew what they had changed are given back all the same', async () => {
    const { raise, giveBack, value, place } = begin();
    await raise('r-aaaaaaaaaa', 'db2');
    const path = `${place.directory}/claims/retention`;
    const written = new TextDecoder().decode(await place.host.readFile(path, { as: owner }));
    const content = written.replace(/^changed=.*\n/m, '');
    expect(content).not.toBe(written);
    await place.host.writeFile({ path, content, mode: 0o600, as: owner });
    await giveBack({ run: 'r-aaaaaaaaaa' });
    expect(value()).toBe('3');
  });
});
