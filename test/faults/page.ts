import { blows } from './blows.ts';
import { commands, endings, signals, whens } from './cases.ts';
import { tracks } from './tracks.ts';

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** What stands in docs: made of the very lists that the matrix is made of. */
export const page = (): string => `# What a run survives

What \`npm run test:faults\` does on lab machines to ${list(commands)}, with a writer on the leader. [When it stops half way](recovery.md) says what to do.

Tracks: ${list(Object.keys(tracks))}.

${list(signals)} hit replctl ${whens.join(', ')} each step. Then: ${endings.join(', ')} (\`torn\`: the last line of the journal is torn; \`elsewhere\`: by a
machine that has never seen the run; else by the same). What is held against it afterwards:

- Both machines are as an undisturbed run leaves them, and the follower has every row; or, abandoned, they are as they were before the run: roles, slots,
  accounts, ways in, settings, files, directories, units. An abandoned \`remove-follower\` is only closed: what it took away is not made again, and the same
  command ends it.
- Nothing is left besides: no unit, process, temporary file or session on either machine, no ssh here.
- No password was in a command line or an environment on any of the three machines, is in what was printed, in events or in a log.
- Where only replctl was disturbed, the copy went on and was not made twice; the report tells the bytes moved by those of an undisturbed run.

| in each step | what comes of it |
| --- | --- |
${blows.map(({ name, outcome }) => `| ${name} | ${outcome} |`).join('\n')}

## What is not survived

- A leader that is gone for good: the run cannot be resumed. \`abandon RUN --gone LEADER\` takes back what is on the follower, whose old server runs
  again; so for a follower that is gone, what is on the leader (\`test/e2e/gone.test.ts\`).
- Binlogs or a slot that somebody removed: a log that is not there cannot be tailed. The run is refused, and \`abandon\` takes it back.

## By hand

\`\`\`
npm run test:faults                                  # everything: many hours
npm run test:faults -- postgresql --few              # each step, moment, fault and ending once, on one track
npm run test:faults -- --together                    # once on one track or another, all side by side; the last stage of npm test
npm run test:faults -- mysql-dump --random 50 --seed 7 --minutes 60
npm run test:faults -- mariadb-dump --only transfer.load
\`\`\`

It needs [the lab](lab.md), and writes a line a case to \`faults-report.txt\`: what happened, seconds, and the bytes moved by those of an undisturbed run.
Cases that once failed (\`test/faults/found.ts\`) are among the few of their tracks.
`;
