import { blows } from './blows.ts';
import { endings, signals, whens } from './cases.ts';
import { tracks } from './tracks.ts';

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** What stands in docs: made of the very lists that the matrix is made of. */
export const page = (): string => `# What a run survives

What \`npm run test:faults\` does to runs on lab machines, with a writer on the leader. [When it stops half way](recovery.md) says what to do.

Tracks: ${list(Object.keys(tracks))}.

${signals.map((signal) => `\`${signal}\``).join(', ')} hit replctl ${whens.join(', ')} each step. Then: ${endings.join(', ')} (\`torn\`: the last line of the journal is torn; \`elsewhere\`: by a
machine that has never seen the run; else by the same). Afterwards the follower has what an undisturbed run leaves, and every row; or, abandoned, both machines are as
they were before. No password is in what was printed, or in a log.

| in each step | what comes of it |
| --- | --- |
${blows.map(({ name, outcome }) => `| ${name} | ${outcome} |`).join('\n')}

## What is not survived

- A leader that is gone for good, or another server that has become the leader meanwhile: the run is refused, and what it left is to be taken away by hand.
- Binlogs or a slot that somebody removed: a log that is not there cannot be tailed. The run is refused, and \`abandon\` takes it back.
- A disk of the follower that fills up ends the copy with the server's own message; make room, and \`resume\`. It is not part of the matrix.

\`npm run test:faults -- --few\` meets each of these once; \`--random 50 --seed 7\` draws moments and faults.
`;
