import { ReplctlError } from '../../../errors.ts';
import { must } from '../../../hosts/host.ts';
import type { Step } from '../../../workflow/step.ts';
import { describe, wait } from '../../action.ts';
import { numberSetting } from '../facts.ts';
import { findLogGap, parseBackupLabel } from '../log-gap.ts';
import { installedRun, type Work } from '../work.ts';
import { copiesFromUpstream } from './basebackup.ts';
import { createdAt, readSlot } from './slot.ts';

/** Between the attempts of a run the leader may have been made anew, or its address given to another server: positions of two clusters compare, and mean nothing. */
const requireSameCluster = async (work: Work, signal: AbortSignal): Promise<void> => {
  const { leader, follower } = work.nodes;
  const { binDir, osUser } = work.layouts.follower;
  const { stdout } = await must(
    follower.host,
    { argv: [`${binDir}/pg_controldata`, '-D', work.places[0].staged], as: osUser },
    { signal },
  );
  const copied = /^Database system identifier:\s*(\d+)$/m.exec(stdout)?.[1];
  const wanted = work.context.facts.leader.server?.systemIdentifier;
  if (copied === wanted) return;
  throw new ReplctlError({
    code: 'FAILED',
    node: follower.name,
    message: `the copy is of another cluster (system identifier ${copied ?? 'unknown'}) than ${leader.name} is now (${wanted ?? 'unknown'})`,
    hint: `Was ${leader.name} made anew, or is its address another server's? replctl abandon undoes the run; then add the follower again.`,
  });
};

/** Detects a hole between the copy's log and what the slot holds, and refuses it: a follower with a gap never catches up. */
export const proveLog = (work: Work): Step => {
  const { follower, upstream } = work.nodes;
  const as = work.layouts.follower.osUser;
  const { staged } = work.places[0];
  const readLabel = async (signal: AbortSignal) => {
    const bytes = await follower.host.readFile(`${staged}/backup_label`, { as, signal });
    return bytes && parseBackupLabel(new TextDecoder().decode(bytes));
  };
  return {
    id: 'transfer.log',
    title: `prove that no log is missing between the copy and ${upstream.name}`,
    node: follower.name,
    input: { slot: work.slot },
    plan: () => [
      describe(
        wait(follower, `compares START WAL LOCATION and pg_wal of the copy with slot ${work.slot} on ${upstream.name}`),
      ),
    ],
    probe: async (context) => {
      const { signal } = context;
      const [installed, label] = await Promise.all([installedRun(work, signal), readLabel(signal)]);
      if (installed === work.run)
        return { state: 'done', evidence: "the log was proved before the copy became the follower's data directory" };
      if (!label) return { state: 'absent' };
      await requireSameCluster(work, signal);
      const [{ stdout }, slot] = await Promise.all([
        must(follower.host, { argv: ['ls', '--', `${staged}/pg_wal/`], as }, { signal }),
        readSlot({ node: upstream, layout: work.layouts.upstream }, work.run, work.slot, signal),
      ]);
      const gap = findLogGap({
        ...label,
        files: stdout.split('\n'),
        segmentSize: numberSetting(work.context.facts.source.server, 'wal_segment_size'),
        slotAtCreation: copiesFromUpstream(work) ? createdAt(context.output('snapshot.slot')) : undefined,
        slotNow: slot?.restart_lsn ?? null,
        slotStatus: slot?.wal_status ?? null,
      });
      if (gap !== undefined) {
        throw new ReplctlError({
          code: 'FAILED',
          node: follower.name,
          message: `the copy cannot be followed from: ${gap}`,
          hint: 'replctl abandon undoes the run; then add the follower again (with --copy-from the upstream itself, if another node was the source).',
        });
      }
      return {
        state: 'done',
        evidence: `log from ${label.start} on is in the copy, slot ${work.slot} holds it from ${slot!.restart_lsn}`,
        output: { lsn: label.start, timeline: label.timeline },
      };
    },
    apply: async () => undefined,
  };
};
