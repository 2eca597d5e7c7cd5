import { defineConfig } from 'vitest/config';

const project = (name: string, options: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], disableConsoleIntercept: true, ...options },
});

// Suites that use real servers run few files at a time: they mostly wait for them, and two cores are all that is counted on.
export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 20_000 }),
      project('contract', { testTimeout: 120_000, hookTimeout: 300_000, maxWorkers: 3 }),
      project('lab', { testTimeout: 300_000, hookTimeout: 600_000, fileParallelism: false }),
      project('e2e', { testTimeout: 600_000, hookTimeout: 900_000, maxWorkers: 3 }),
    ],
  },
});
