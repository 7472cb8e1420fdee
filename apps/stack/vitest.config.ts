import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    // The tests wait for blocks and processes most of their time.
    maxWorkers: 2,
    hookTimeout: 60_000,
  },
});
