/** A table's rows: how many, and a hash of all of them. */
export interface Content {
  readonly table: string;
  readonly rows: number;
  readonly hash: string;
}

export interface Compared {
  readonly table: string;
  readonly leader: Content | undefined;
  readonly follower: Content | undefined;
  readonly same: boolean;
}

export const compare = (leader: readonly Content[], follower: readonly Content[]): readonly Compared[] => {
  const names = [...new Set([...leader, ...follower].map(({ table }) => table))];
  return names.map((table) => {
    const [there, here] = [leader, follower].map((side) => side.find((content) => content.table === table));
    const same = there !== undefined && there.rows === here?.rows && there.hash === here.hash;
    return { table, leader: there, follower: here, same };
  });
};
