import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasBlock,
  isCurrent,
  renderBlock,
  withBlock,
  withoutBlock,
  type HbaBlock,
} from '../../../src/adapters/postgresql/pg-hba.ts';

const block: HbaBlock = {
  fleet: 'orders',
  node: 'db2',
  role: 'replctl_db2',
  addresses: ['10.0.0.12', 'fd00::12'],
  type: 'hostssl',
};
const other: HbaBlock = { ...block, node: 'db22', role: 'replctl_db22', addresses: ['10.0.0.22'] };
const stock = '# TYPE DATABASE USER ADDRESS METHOD\nlocal all postgres peer\nhost all all 127.0.0.1/32 scram-sha-256\n';

describe('a follower’s block of pg_hba.conf', () => {
  test('is written like this', async () => {
    await expect(renderBlock(block)).toMatchFileSnapshot('golden/pg_hba.txt');
  });

  test('admits one role, for replication only, from single addresses', () => {
    const rules = renderBlock(block)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules).toEqual([
      'hostssl replication "replctl_db2" 10.0.0.12/32 scram-sha-256',
      'hostssl replication "replctl_db2" fd00::12/128 scram-sha-256',
    ]);
  });

  test('takes nothing for an address that is none: one line more would let anybody in', () => {
    for (const address of ['10.0.0.12/0', '0.0.0.0/0 trust\nhost all all 10.0.0.12', 'all', ''])
      expect(() => renderBlock({ ...block, addresses: [address] })).toThrow(RangeError);
  });

  test('stands first, where no earlier rule can turn the follower away', () => {
    const content = withBlock(stock, block);
    expect(content.startsWith(renderBlock(block))).toBe(true);
    expect(content.endsWith(stock)).toBe(true);
  });

  test('is there once, however often it is put in', () => {
    const once = withBlock(stock, block);
    expect(withBlock(once, block)).toBe(once);
    expect(withBlock(withBlock(stock, { ...block, addresses: ['10.9.9.9'] }), block)).toBe(once);
  });

  test('is seen, and its neighbours are not taken for it', () => {
    const content = withBlock(stock, other);
    expect(hasBlock(content, other)).toBe(true);
    expect(hasBlock(content, block)).toBe(false);
    expect(hasBlock(withBlock(stock, { ...block, fleet: 'orders2' }), block)).toBe(false);
  });

  test('is current under the block of a follower that was added at the same time, and under nothing else', () => {
    const both = withBlock(withBlock(stock, block), other);
    expect(isCurrent(both, block)).toBe(true);
    expect(isCurrent(both, other)).toBe(true);
    expect(isCurrent(`host all all 0.0.0.0/0 reject\n${both}`, block)).toBe(false);
    expect(isCurrent(stock, block)).toBe(false);
    expect(isCurrent(both, { ...block, addresses: ['10.9.9.9'] })).toBe(false);
    expect(isCurrent(both + renderBlock(block), block)).toBe(false);
    expect(isCurrent(renderBlock(other).replace(/# replctl: end.*\n/, '') + withBlock(stock, block), block)).toBe(true);
    expect(isCurrent(renderBlock(other).replace(/# replctl: end.*\n/, '') + stock, block)).toBe(false);
  });

  test('leaves other followers’ blocks alone when it goes', () => {
    const both = withBlock(withBlock(stock, block), other);
    expect(withoutBlock(both, block)).toBe(withBlock(stock, other));
    expect(withoutBlock(withoutBlock(both, block), other)).toBe(stock);
  });
});

describe('a pg_hba.conf comes back byte for byte', () => {
  test.each([
    ['that is empty', ''],
    ['without a newline at its end', 'local all all peer'],
    ['with lines that end in CRLF', 'local all all peer\r\nhost all all 127.0.0.1/32 md5\r\n'],
    ['with blank lines at both ends', '\n\nlocal all all peer\n\n\n'],
    ['with a rule that goes on in the next line', 'host all all \\\n  10.0.0.0/8 md5\n'],
    [
      'with a comment that looks nearly like ours',
      '# replctl: begin orders/db2x\nlocal all all peer\n# replctl: end\n',
    ],
  ])('%s', (_, content) => {
    expect(withoutBlock(withBlock(content, block), block)).toBe(content);
  });

  test('whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (content) => {
        expect(withoutBlock(withBlock(content, block), block)).toBe(content);
      }),
    );
  });
});

describe('a block that somebody damaged', () => {
  const lines = renderBlock(block).split('\n');

  test('and never closed goes with its own lines, and takes no other rule along', () => {
    const unclosed = lines.filter((line) => !line.startsWith('# replctl: end')).join('\n');
    const left = withoutBlock(`${unclosed}${stock}`, block);
    expect(hasBlock(left, block)).toBe(false);
    expect(left.endsWith(stock)).toBe(true);
    expect(left).not.toContain('replctl_db2');
  });

  test('and never closed, before another that is, takes neither that nor what is between along', () => {
    const unclosed = lines.filter((line) => !line.startsWith('# replctl: end')).join('\n');
    const content = `${unclosed}${stock}${renderBlock(block)}local all me trust\n`;
    const left = withoutBlock(content, block);
    expect(left).toBe(`${stock}local all me trust\n`);
  });

  test('by an editor that wrote CRLF is known all the same', () => {
    const content = withBlock(stock, block).replaceAll('\n', '\r\n');
    expect(hasBlock(content, block)).toBe(true);
    expect(withoutBlock(content, block)).toBe(stock.replaceAll('\n', '\r\n'));
  });
});
