import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // `pnpm faults` runs the fault suite, every night: it waits for blocks, and its time depends on the machine.
    include: [
      "src/**/*.test.ts",
      ...(process.env.NIGHTLY
        ? ["test/**/*.test.ts"]
        : ["test/stack.test.ts", "test/relayer.test.ts", "test/faults-relayer.test.ts"]),
    ],
    testTimeout: 30_000,
    // The tests wait for blocks and processes most of their time.
    maxWorkers: 2,
    hookTimeout: 60_000,
  },
});
