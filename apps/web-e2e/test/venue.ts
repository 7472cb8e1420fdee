// A stack with the app for a test file, and its removal.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLogger, Secrets } from "@counterpoise/service-kit";
import type { StackArgs } from "@counterpoise/stack/src/args.js";
import { type Stack, startStack } from "@counterpoise/stack/src/stack.js";

/** A running stack, whose price is fixed until a test moves it. */
export async function startTestStack(
  change: Partial<StackArgs> = {},
): Promise<{ stack: Stack; remove(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-web-"));
  const log = createLogger({ name: "stack", level: "error", secrets: new Secrets() });
  const ports = { rpcPort: 0, pricePort: 0, faucetPort: 0, keeperPort: 0, webPort: 0, relayerPort: 0, indexerPort: 0 };
  const args = { isReset: false, folder, seed: 1, priceStep: 0, seconds: undefined, ...ports, ...change };
  const stack = await startStack(args, { folder, log });
  return {
    stack,
    remove: async () => {
      await stack.stop();
      const location = path.join(folder, "postgres/location");
      if (existsSync(location)) rmSync(readFileSync(location, "utf8").trim(), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
