// Builds the app, for a host or for a stack on this computer.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * `production`: for any host. `stack`: with a wallet whose accounts the node signs for, which no other build contains.
 */
export type BuildMode = "production" | "stack";

/** Writes the app's files to a folder, which it empties first. */
export async function buildWeb({ outDir, mode }: { outDir: string; mode: BuildMode }): Promise<string> {
  const { NODE_ENV } = process.env;
  // A test runner sets its own, and React would be the development build.
  process.env.NODE_ENV = "production";
  try {
    await build({ root, mode, logLevel: "error", build: { outDir, emptyOutDir: true } });
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
  return outDir;
}
