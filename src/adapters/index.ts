import type { Adapter, Engine } from './adapter.ts';

/** The engine's adapter, loaded when it is first needed. */
export const adapterFor = async (engine: Engine): Promise<Adapter> => {
  switch (engine) {
    case 'postgresql':
      // The procedures hand an adapter its own facts back and look at the common part alone.
      return (await import('./postgresql/index.ts')).postgresql as unknown as Adapter;
    case 'mysql':
    case 'mariadb':
      return (await import('./mysql/index.ts')).mysqlAdapter(engine) as unknown as Adapter;
  }
};
