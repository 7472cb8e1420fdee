import { defineConfig } from "vitest/config";

// The campaign tests start many processes, which takes longer on a busy machine.
export default defineConfig({ test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 } });
