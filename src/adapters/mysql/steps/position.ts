import { Masked, type Text } from '../../../masked.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, sql } from '../../action.ts';
import { askServer } from '../ask-server.ts';
import type { Source } from '../dialect.ts';
import { usesGtid, type ServerFacts } from '../facts.ts';
import { credentialsPath } from '../layout.ts';
import type { ReplicaStatus } from '../replica-status.ts';
import { readPassword } from '../read-password.ts';
import type { Work } from '../work.ts';
import { placeOn } from './accounts.ts';
import { askUnlogged } from './ask.ts';
import { hasFragment } from './fragment-file.ts';
import { readPosition, type CopyPosition } from './copy-position.ts';
import { requireNoGap } from './log-gap.ts';

/** The channel is the one that this run makes: the upstream's address and our account. */
export const isOurs = (work: Work, channel: ReplicaStatus): boolean =>
  channel.channel === '' &&
  channel.host === work.nodes.upstream.address &&
  channel.port === work.layouts.upstream.port &&
  channel.user === work.account;

const sourceOf = (work: Work, { coordinates }: CopyPosition, password: Text): Source => ({
  host: work.nodes.upstream.address,
  port: work.layouts.upstream.port,
  user: work.account,
  password,
  tls: work.tls,
  from: usesGtid(work.context.facts.leader.server) || coordinates === null ? 'gtid' : coordinates,
});

/** The history that the copy is to have is set where it is not there yet: emptied first, and so exactly once. */
const historyStatements = (work: Work, server: ServerFacts, history: string | null): readonly string[] => {
  const { dialect } = work;
  if (history === null || !usesGtid(work.context.facts.leader.server)) return [];
  const same = dialect.missing(history, server.history) === 0 && dialect.missing(server.history, history) === 0;
  return same ? [] : [dialect.resetHistory, ...dialect.seedHistory(history)];
};

const planned = (work: Work): readonly Text[] => {
  const { dialect } = work;
  const named: CopyPosition = { history: 'the copy’s history', coordinates: { file: 'the copy’s file', position: 4 } };
  return [
    dialect.resetReplica,
    ...(work.method === 'clone' ? [] : [dialect.resetHistory, ...dialect.seedHistory(named.history ?? '')]),
    dialect.changeSource(sourceOf(work, named, new Masked(''))),
  ];
};

/** Whom the copy's donor followed is forgotten, and the follower is told from where on to tail. It does not begin yet. */
export const position = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  const place = placeOn(work, 'follower');
  return {
    id: 'configure.position',
    title: `point ${follower.name} at ${upstream.name}, from the copy's position on`,
    node: follower.name,
    input: { upstream: `${upstream.address}:${work.layouts.upstream.port}`, account: work.account },
    plan: () => planned(work).map((statement) => describe(sql(follower, statement))),
    probe: async ({ signal }) => {
      const server = await askServer(follower, place.layout, signal);
      const [channel, ...others] = server.replica;
      if (channel === undefined) return { state: 'absent' };
      if (others.length > 0 || !isOurs(work, channel))
        return {
          state: 'partial',
          evidence: `${follower.name} still has a channel to ${channel.host}:${channel.port}`,
        };
      // What the copy stands for was removed with the rest when the follower was proved.
      if (await hasFragment(work, 'tailing', signal))
        return { state: 'done', evidence: `${follower.name} follows ${upstream.name}` };
      const copy = await readPosition(work, signal);
      const lacks = work.dialect.missing(copy.history ?? '', server.history);
      if (lacks > 0) return { state: 'partial', evidence: `${follower.name}'s history lacks ${lacks} transactions` };
      const where = channel.usesGtid
        ? 'by its GTID history'
        : `from ${channel.executed.file}:${channel.executed.position}`;
      return {
        state: 'done',
        evidence: `${follower.name} is told to follow ${upstream.name} ${where}`,
        output: { gtid: copy.history, ...copy.coordinates },
      };
    },
    intent: async () => null,
    apply: async ({ signal }) => {
      const server = await askServer(follower, place.layout, signal);
      const copy = await readPosition(work, signal);
      await requireNoGap(work, { history: copy.history ?? server.history, coordinates: copy.coordinates }, signal);
      const { dialect } = work;
      const channels = server.replica.length > 0 ? [dialect.stopReplica, dialect.resetReplica] : [];
      await askUnlogged(place, signal, [
        ...channels,
        ...historyStatements(work, server, copy.history),
        dialect.changeSource(
          sourceOf(work, copy, await readPassword(follower, place.layout, credentialsPath(place.layout), signal)),
        ),
      ]);
      return { gtid: copy.history, ...copy.coordinates };
    },
  };
};
