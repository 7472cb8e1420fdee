import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // `pnpm faults` ends a deployment at each transaction, every night: minutes.
    exclude: process.env.NIGHTLY ? [] : ["test/kill.test.ts"],
    // Each file starts chains of its own.
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
