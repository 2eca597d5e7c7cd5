import type { Finding } from '../../adapter.ts';
import { error, warning } from '../../finding.ts';
import { isOn, setting } from '../facts.ts';
import { unlimited } from '../plain-session.ts';
import type { Check, Scene } from './scene.ts';

const prepared: Check = ({ facts: { source } }) =>
  (source.server?.prepared ?? 0) === 0
    ? []
    : [
        error({
          code: 'XA_PREPARED',
          node: source.node,
          message: `${source.server?.prepared} XA transactions are prepared on ${source.node}: a dump would miss their rows, and the follower stop at their end (error 1397)`,
          hint: 'Commit or roll them back first (XA RECOVER lists them).',
        }),
      ];

/** The global lock waits for them, and everyone else for the lock: five seconds, then the dump gives up. */
const longStatements: Check = ({ facts: { source } }) =>
  (source.server?.longStatements ?? []).map(({ id, user, seconds, text }) =>
    error({
      code: 'LONG_STATEMENT',
      node: source.node,
      message: `a statement of ${user} (id ${id}) has been running on ${source.node} for ${seconds} s: ${text}`,
      hint: 'A dump needs the global lock for a moment, which would wait for it, and writers with it: let it end, or KILL it.',
      allowable: true,
    }),
  );

const otherEngines: Check = ({ facts: { source } }) => {
  const tables = source.server?.otherEngines.filter(({ engine }) => !['SEQUENCE', 'VIEW', ''].includes(engine)) ?? [];
  if (tables.length === 0) return [];
  const named = tables.slice(0, 5).map(({ schema, name, engine }) => `${schema}.${name} (${engine})`);
  return [
    warning({
      code: 'NOT_TRANSACTIONAL',
      node: source.node,
      message: `${tables.length} tables on ${source.node} know no transactions: ${named.join(', ')}${tables.length > 5 ? ', …' : ''}`,
      hint: 'A dump reads them after its snapshot, and rows that change meanwhile may differ: let nobody write to them, or make them InnoDB.',
    }),
  ];
};

/** JSON_OBJECT('price', price) holds a decimal, which is a double once its text was read (seen on 9.7). */
const json: Check = ({ facts: { source } }) => {
  const tables = source.server?.json ?? [];
  if (tables.length === 0) return [];
  return [
    warning({
      code: 'JSON_AS_TEXT',
      node: source.node,
      message: `${tables.length} tables on ${source.node} hold JSON, which a dump copies as text: ${tables.slice(0, 5).join(', ')}${tables.length > 5 ? ', …' : ''}`,
      hint: 'Decimals within it become doubles, dates and binary values strings, as by mysqldump. Where that matters: --method clone.',
    }),
  ];
};

/** The lock that holds definitions halts MySQL's scheduler, which writes down when each event ran last (seen on 9.7). */
const events: Check = ({ facts: { source } }) => {
  if (source.layout?.flavour !== 'mysql' || !isOn(source.server, 'event_scheduler')) return [];
  return [
    warning({
      code: 'EVENTS_PAUSED',
      node: source.node,
      message: `event_scheduler is ON on ${source.node}: its events do not run while the dump lasts`,
      hint: 'They go on when it is done. Where that is too long: --method clone, or --copy-from a follower.',
    }),
  ];
};

/** mariadb-dump takes no statement to begin with: it would leave out accounts without a word (seen on 11.8). Our own sessions, and mysqldump's, know no such limit. */
const limitedSelects: Check = ({ facts: { source } }) => {
  const { layout, server, node } = source;
  if (layout?.flavour !== 'mariadb' || !server) return [];
  const limits = (
    ['sql_select_limit', ...(isOn(server, 'sql_big_selects') ? [] : (['max_join_size'] as const))] as const
  )
    .map((name) => ({ name, value: setting(server, name) }))
    .filter(({ value }) => value !== '' && value !== unlimited);
  return limits.map(({ name, value }) =>
    error({
      code: 'SELECTS_LIMITED',
      node,
      message: `${name} is ${value} on ${node} for every session: mariadb-dump would not see all that is there`,
      hint: `SET GLOBAL ${name} = DEFAULT while the copy is made, or take --method mariabackup.`,
    }),
  );
};

/** The numbers of one server's transactions mean nothing on another. */
const transactionHistory: Check = ({ facts: { source } }) => {
  const tables = source.server?.transactionHistory ?? [];
  if (tables.length === 0) return [];
  return [
    error({
      code: 'HISTORY_LOST',
      node: source.node,
      message: `system-versioned tables on ${source.node} keep what was by transaction (${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ', …' : ''}): a dump brings what is, and nothing of what was`,
      hint: 'Take --method mariabackup, or allow it.',
      allowable: true,
    }),
  ];
};

/** What a dump needs to be told of, or cannot bring. */
export const dumpFindings = (scene: Scene): readonly Finding[] =>
  [prepared, longStatements, otherEngines, json, events, limitedSelects, transactionHistory].flatMap((check) =>
    check(scene),
  );
