import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteIdent, quoteLiteral, roleName, slotName, slotPrefix } from '../../../src/adapters/postgresql/names.ts';

/** Names that the fleet file takes. */
const nodeName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/);
/** Names made of what is hard to keep apart. */
const hardName = fc.stringMatching(/^[r0][_r0-]{0,12}$/);
/** Names whose slots would be longer than the server takes. */
const longName = fc.stringMatching(/^[a-z][a-z_-]{43,62}$/);
const runId = fc.stringMatching(/^r-[a-z0-9]{10}$/);

describe('the slot of a run', () => {
  test('has a name that the server takes', () => {
    fc.assert(
      fc.property(fc.oneof(nodeName, longName), runId, (node, run) => {
        expect(slotName(node, run)).toMatch(/^[a-z0-9_]{1,63}$/);
      }),
    );
  });

  test('has the same name for no other node', () => {
    fc.assert(
      fc.property(hardName, hardName, runId, (one, other, run) => {
        expect(slotName(one, run) === slotName(other, run)).toBe(one === other);
      }),
    );
  });

  test('has the same name for no other node, where names are too long too', () => {
    fc.assert(
      fc.property(longName, longName, runId, (one, other, run) => {
        expect(slotName(one, run) === slotName(other, run)).toBe(one === other);
      }),
    );
    const stem = 'a'.repeat(60);
    expect(slotName(`${stem}-1`, 'r-0000000000')).not.toBe(slotName(`${stem}-2`, 'r-0000000000'));
  });

  test('has the same name for no other run', () => {
    fc.assert(
      fc.property(nodeName, runId, runId, (node, one, other) => {
        expect(slotName(node, one) === slotName(node, other)).toBe(one === other);
      }),
    );
  });

  test('is found by its node, however long the name', () => {
    fc.assert(
      fc.property(fc.oneof(nodeName, longName), runId, (node, run) => {
        expect(slotName(node, run)).toBe(slotPrefix(node) + run.slice(2));
      }),
    );
  });

  test('is never taken for another node’s', () => {
    fc.assert(
      fc.property(hardName, hardName, runId, (one, other, run) => {
        expect(slotName(one, run).startsWith(slotPrefix(other))).toBe(one === other);
      }),
    );
  });

  test('tells db-1 from db_1', () => {
    expect(slotName('db-1', 'r-0a1b2c3d4e')).toBe('replctl_db_01_r0a1b2c3d4e');
    expect(slotName('db_1', 'r-0a1b2c3d4e')).toBe('replctl_db__1_r0a1b2c3d4e');
  });
});

describe('the role of a node', () => {
  test('fits into an identifier, and is no other node’s', () => {
    fc.assert(
      fc.property(nodeName, nodeName, (one, other) => {
        expect(Buffer.byteLength(roleName(one))).toBeLessThanOrEqual(63);
        expect(roleName(one) === roleName(other)).toBe(one === other);
      }),
    );
    const stem = 'a'.repeat(62);
    expect(roleName(`${stem}1`)).not.toBe(roleName(`${stem}2`));
  });
});

describe('quoted SQL', () => {
  test.each([
    ['orders', '"orders"'],
    ['Or"ders', '"Or""ders"'],
    ['a b;--', '"a b;--"'],
    ['', '""'],
    ['übung\n', '"übung\n"'],
  ])('makes of the name %j %s', (name, quoted) => {
    expect(quoteIdent(name)).toBe(quoted);
  });

  // As quote_literal() of PostgreSQL answers.
  test.each([
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['C:\\dir', " E'C:\\\\dir'"],
    ["\\'; DROP TABLE t; --", " E'\\\\''; DROP TABLE t; --'"],
    ['', "''"],
    ['a\nb', "'a\nb'"],
  ])('makes of the text %j %s', (text, quoted) => {
    expect(quoteLiteral(text)).toBe(quoted);
  });
});
