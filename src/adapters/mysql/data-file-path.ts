interface DataFile {
  readonly name: string;
  readonly bytes: number;
  readonly grows: boolean;
}

const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `ibdata1:20M;ibdata2:12M:autoextend:max:1G`. */
const parse = (path: string): readonly DataFile[] =>
  path.split(';').flatMap((part) => {
    const [, name, count, unit, rest] = /^(.+?):(\d+)([KMG]?)((?::.*)?)$/i.exec(part.trim()) ?? [];
    if (name === undefined) return [];
    return [{ name, bytes: Number(count) * units[unit!.toUpperCase()]!, grows: /^:autoextend/i.test(rest!) }];
  });

/** Would a server of this `innodb_data_file_path` start on files that were made by the other? A file that grows may be larger than it is said to be at first. */
export const canOpen = (path: string, madeBy: string): boolean => {
  const [ours, theirs] = [parse(path), parse(madeBy)];
  return (
    ours.length === theirs.length &&
    ours.every(({ name, bytes, grows }, at) => {
      const other = theirs[at]!;
      return name === other.name && (bytes === other.bytes || (grows && bytes < other.bytes));
    })
  );
};
