import type { Provocations } from './provocation.ts';
import { database } from './rows.ts';

export const collationProvocations: Provocations = {
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
