import { stripVTControlCharacters } from 'node:util';
import type { Lag, NodeStatus, Position } from '../adapters/adapter.ts';
import type { StatusResult } from '../procedures/contract.ts';
import { columns } from './columns.ts';
import { plural } from './findings.ts';
import { printable } from './printable.ts';
import { type Terminal, terminalOf } from './terminal.ts';
import { type Branch, topology } from './topology.ts';
import { bytes, duration } from './units.ts';

const colours = {
  running: 'green',
  streaming: 'green',
  'catching-up': 'yellow',
  stopped: 'red',
  broken: 'red',
  unreachable: 'red',
} as const satisfies Record<NodeStatus['state'], string>;

const lagText = (lag: Lag | null): string => {
  if (lag === null) return '';
  const parts = [
    ...(lag.seconds === null ? [] : [duration(lag.seconds)]),
    ...(lag.bytes === null ? [] : [bytes(lag.bytes)]),
    ...(lag.transactions === null ? [] : [plural(lag.transactions, 'transaction')]),
  ];
  return parts.length === 0 ? 'unknown' : parts.join(', ');
};

/** A GTID set grows as long as a page; it is in the JSON. */
const longestPosition = 30;

const positionText = (position: Position | null): string => {
  if (position === null) return '';
  const { lsn, file, gtid } = position;
  const texts = [lsn, file === undefined ? undefined : `${file}:${position.position ?? '?'}`, gtid];
  return printable(texts.find((text) => text !== undefined && text.length <= longestPosition) ?? '');
};

const slotText = (slot: NodeStatus['slot']): string => {
  if (slot === null) return '';
  const kept = slot.retainedBytes === null ? '' : `, keeps ${bytes(slot.retainedBytes)}`;
  return `${printable(slot.name)} ${printable(slot.state)}${kept}`;
};

const row = ({ node, name, lead }: Branch<NodeStatus>, terminal: Terminal): readonly string[] => {
  const shown = terminal.style('dim', lead) + terminal.style('bold', printable(name));
  if (node === undefined) return [shown, '', terminal.style('dim', 'not shown')];
  // On a leader, "read-only" would be a fault and has a warning of its own; on a follower its absence is.
  const open = node.role === 'follower' && node.readOnly === false ? terminal.style('red', 'writable') : '';
  const state = terminal.style(colours[node.state], node.state);
  const version = node.version === null ? '' : printable(node.version);
  const role = node.role === 'unknown' ? '' : node.role;
  return [shown, role, state, open, lagText(node.lag), positionText(node.position), slotText(node.slot), version];
};

/** Beneath the node, in the second column, so that the tree's lines go on. */
const warningLines = (
  { node, below }: Branch<NodeStatus>,
  { terminal, column }: { readonly terminal: Terminal; readonly column: number },
): readonly string[] =>
  (node?.warnings ?? []).flatMap(({ message, hint }) => {
    const lead = terminal.style('dim', below.padEnd(column));
    const said = `${lead}${terminal.style('yellow', '!')} ${printable(message)}`;
    return hint === undefined ? [said] : [said, `${lead}  ${printable(hint)}`];
  });

const headings = ['NODE', 'ROLE', 'STATE', '', 'LAG', 'POSITION', 'SLOT', 'VERSION'];

/** What a narrow terminal does without, in this order: version, position, slot. All of it is in the JSON. */
const dispensable = [7, 5, 6];

const fitting = async (rows: readonly (readonly string[])[], width = Infinity): Promise<string[]> => {
  let lines: string[] = [];
  for (let without = 0; without <= dispensable.length; without++) {
    const left = dispensable.slice(0, without);
    const kept = rows.map((cells) => cells.map((cell, at) => (left.includes(at) ? '' : cell)));
    lines = await columns(kept, headings);
    if (lines.every((line) => stripVTControlCharacters(line).length <= width)) break;
  }
  return lines;
};

/** The answer of `status`: the fleet as a tree, the leader at the root, columns aligned, warnings beneath their nodes. */
export const statusText = async (
  result: StatusResult,
  terminal: Terminal = terminalOf(process.stdout, process.env),
): Promise<string> => {
  const verdict = result.healthy ? terminal.style('green', 'healthy') : terminal.style('red', 'not healthy');
  const branches = topology(result.nodes, terminal.unicode);
  const rows = branches.map((branch) => row(branch, terminal));
  const [head = '', ...lines] = await fitting(rows, terminal.width);
  const column = Math.max('NODE'.length, ...branches.map(({ lead, name }) => lead.length + name.length)) + 2;
  const body = branches.flatMap((branch, index) => [lines[index] ?? '', ...warningLines(branch, { terminal, column })]);
  return [`${printable(result.fleet)} (${result.engine}): ${verdict}`, '', terminal.style('dim', head), ...body].join(
    '\n',
  );
};
