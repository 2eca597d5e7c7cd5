import { betweenMarkers } from './between-markers.mjs';

const argument = ({ name, required }) => (required ? name.toUpperCase() : `[${name.toUpperCase()}]`);

const flagName = (flag) => {
  const value = flag.type === 'boolean' ? '' : ` ${flag.helpValue ?? flag.options?.join('|') ?? 'VALUE'}`;
  return `${flag.char ? `-${flag.char}, ` : ''}--${flag.name}${value}`;
};

const flagText = (flag) => {
  const fallback = flag.defaultHelp ?? (flag.type === 'option' ? flag.default : undefined);
  return [
    flag.description,
    fallback?.length !== 0 && fallback && `Default: ${fallback}.`,
    flag.env && `Also $${flag.env}.`,
  ]
    .filter(Boolean)
    .join(' ');
};

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const flagTable = (flags) => {
  const rows = flags.map((flag) => `| \`${cell(flagName(flag))}\` | ${cell(flagText(flag))} |`);
  return rows.length === 0 ? [] : [['| flag | meaning |', '|---|---|', ...rows].join('\n')];
};

const example = (text, command) =>
  text.replaceAll('<%= config.bin %>', 'replctl').replaceAll('<%= command.id %>', command.name);

const section = (command) => {
  const usage = ['replctl', command.name, ...Object.values(command.args).map(argument)].join(' ');
  const own = Object.values(command.flags).filter((flag) => flag.helpGroup !== 'GLOBAL');
  return [
    `### \`${usage}\``,
    `${command.summary}`,
    ...(command.description ? [command.description] : []),
    ...flagTable(own),
    ['```sh', ...(command.examples ?? []).map((text) => example(text, command)), '```'].join('\n'),
  ].join('\n\n');
};

/** The README with its command section written anew from the manifest. */
export const withCommands = (readme, manifest) => {
  const commands = Object.values(manifest.commands).map((command) => ({
    ...command,
    name: command.id.replaceAll(':', ' '),
  }));
  const common = Object.values(commands[0].flags).filter((flag) => flag.helpGroup === 'GLOBAL');
  const content = [...commands.map(section), '### Flags of every command', ...flagTable(common)].join('\n\n');
  return betweenMarkers(readme, 'commands', `\n${content}\n`);
};
