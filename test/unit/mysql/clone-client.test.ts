import { expect, test } from 'vitest';
import { clientArgv, cloneStatements } from '../../../src/adapters/mysql/clone/client.ts';
import { recipient } from '../../../src/adapters/mysql/clone/recipient.ts';
import type { Work } from '../../../src/adapters/mysql/work.ts';
import { workFor } from './context.ts';
import { castOf } from './facts.ts';

const cloneFrom = (address: string, wanted: { rate?: number } = {}): Work => {
  const work = workFor(castOf(), 'clone', wanted);
  const nodes = { ...work.nodes, source: { ...work.nodes.source, address } };
  return { ...work, nodes, context: { ...work.context, nodes } };
};

const said = (work: Work): string => cloneStatements(work, '********').shown;

test('the recipient is told the donor’s address itself', () => {
  const work = cloneFrom('10.0.0.11');
  expect(clientArgv(work, recipient(work))[0]).toMatch(/mysql$/);
  expect(said(work)).toContain("clone_valid_donor_list = '10.0.0.11:3306'");
});

test.each([
  ['under a rate', cloneFrom('10.0.0.11', { rate: 1e6 }), ['10.0.0.11', '3306', '1000000']],
  ['of an IPv6 address, which MySQL takes for none', cloneFrom('fd00::11'), ['fd00::11', '3306', '1000000000000']],
])('%s it is told of a relay', (_, work, wanted) => {
  expect(clientArgv(work, recipient(work)).slice(0, 5)).toEqual(['perl', '-', ...wanted]);
  expect(said(work)).toContain("clone_valid_donor_list = '127.0.0.1:RELAY_PORT'");
});
