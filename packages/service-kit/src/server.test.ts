import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { Alarms, createLogger, createMetrics, NotLoopbackError, Secrets, startServer } from "./index.js";

const folder = mkdtempSync(path.join(tmpdir(), "counterpoise-server-"));
afterAll(() => rmSync(folder, { recursive: true }));

function parts() {
  const metrics = createMetrics("test");
  const log = createLogger({ name: "test", level: "silent", secrets: new Secrets() });
  return { metrics, alarms: new Alarms({ log, metrics }) };
}

test("default: health follows the alarms, metrics have them, and admin calls need the token", async () => {
  const { metrics, alarms } = parts();
  const tokenFile = path.join(folder, "token");
  writeFileSync(tokenFile, "secret-token\n");
  let paused = false;
  const server = await startServer({
    config: { host: "127.0.0.1", port: 0, tokenFile },
    alarms,
    registry: metrics.registry,
    status: () => ({ block: 5n }),
    admin: {
      pause: () => {
        paused = true;
      },
    },
  });
  try {
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: "ok", block: "5" });
    alarms.raise("gas-wallet-empty", "0 wei");
    const health = await fetch(`${server.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ alarms: [{ name: "gas-wallet-empty", detail: "0 wei" }] });
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
      'counterpoise_alarm{alarm="gas-wallet-empty",service="test"} 1',
    );
    alarms.clear("gas-wallet-empty");
    expect((await fetch(`${server.url}/health`)).status).toBe(200);

    const post = (name: string, token?: string) =>
      fetch(`${server.url}/admin/${name}`, {
        method: "POST",
        ...(token && { headers: { authorization: `Bearer ${token}` } }),
      });
    expect((await post("pause")).status).toBe(401);
    expect((await post("pause", "other")).status).toBe(401);
    expect(paused).toBe(false);
    expect((await post("constructor", "secret-token")).status).toBe(404);
    expect((await post("pause", "secret-token")).status).toBe(200);
    expect(paused).toBe(true);
  } finally {
    await server.stop();
  }
});

test("error: NotLoopbackError", async () => {
  const { metrics, alarms } = parts();
  const config = { host: "0.0.0.0", port: 0 };
  await expect(startServer({ config, alarms, registry: metrics.registry, status: () => ({}) })).rejects.toThrow(
    NotLoopbackError,
  );
});
