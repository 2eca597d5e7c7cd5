import type { FullServerFacts } from '../../../../src/adapters/postgresql/facts.ts';
import type { Provocation } from './provocation.ts';

const GB = 1_000_000_000;

const database = (unlike: Partial<FullServerFacts['databases'][number]>): FullServerFacts['databases'][number] => ({
  name: 'shop',
  bytes: GB,
  user_made: true,
  connectable: true,
  provider: 'c',
  collate: 'en_US.UTF-8',
  locale: null,
  version: '2.41',
  ...unlike,
});

export const collationProvocations: Readonly<Record<string, readonly Provocation[]>> = {
  COLLATION_DIFFERS: [
    {
      when: 'the C libraries differ under a database that sorts by them',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { databases: [database({})] } },
        follower: { machine: { libc: 'glibc 2.36' } },
      },
      says: ['db2', 'glibc 2.36', 'db1', 'glibc 2.41', 'database shop (en_US.UTF-8)'],
      advises: ['the C library', '--allow COLLATION_DIFFERS'],
    },
    {
      when: 'ICU differs under an index that sorts by it',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { collations: [{ provider: 'i', name: 'natural', database: 'shop' }] } },
        follower: { machine: { icu: '72' } },
      },
      says: ['db2', 'ICU 72', 'ICU 76', 'collation natural in database shop'],
      advises: ['ICU'],
    },
    {
      when: 'a database from before 15 sorts by the C library',
      severity: 'error',
      node: 'db2',
      cast: {
        leader: { server: { databases: [database({ provider: null, collate: 'de_DE.utf8', version: null })] } },
        follower: { machine: { libc: 'glibc 2.28' } },
      },
      says: ['glibc 2.28', 'de_DE.utf8'],
      advises: ['reindexed'],
    },
  ],
};
