import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // The runs of the whole demo deploy the exchange first.
    testTimeout: 300_000,
    maxConcurrency: 2,
  },
});
