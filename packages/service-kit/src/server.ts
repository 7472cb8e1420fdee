// Health, metrics and admin calls, on the loopback interface only.
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Registry } from "prom-client";
import type { Alarms } from "./alarms.js";
import type { ServerConfig } from "./config.js";
import { NotLoopbackError } from "./errors.js";

const loopback = ["127.0.0.1", "::1", "localhost"];

/** Parameters of {@link startServer}. */
export type StartServerParameters = {
  config: ServerConfig;
  alarms: Alarms;
  registry: Registry;
  /** State for `/health`, without secrets. */
  status: () => Record<string, unknown>;
  /** Mutating calls by name, behind the token: `POST /admin/NAME`. */
  admin?: Record<string, () => void | Promise<void>> | undefined;
};

/** A running server. */
export type RunningServer = { url: string; stop(): Promise<void> };

const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * Serves `/health` (status 503 while an alarm is raised), `/metrics`, and admin calls.
 *
 * @throws {@link NotLoopbackError} for another host than the loopback interface.
 */
export async function startServer({
  config,
  alarms,
  registry,
  status,
  admin = {},
}: StartServerParameters): Promise<RunningServer> {
  const { host, port, tokenFile } = config;
  if (!loopback.includes(host)) throw new NotLoopbackError(host);
  const token = tokenFile === undefined ? undefined : readFileSync(tokenFile, "utf8").trim();
  const app = new Hono();
  app.get("/health", (context) => {
    const { raised } = alarms;
    const body = { status: raised.length === 0 ? "ok" : "alarm", alarms: raised, ...status() };
    const text = JSON.stringify(body, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    return context.body(text, raised.length === 0 ? 200 : 503, { "content-type": "application/json" });
  });
  app.get("/metrics", async (context) =>
    context.text(await registry.metrics(), 200, { "content-type": registry.contentType }),
  );
  app.post("/admin/:name", bodyLimit({ maxSize: 1_024 }), async (context) => {
    const given = context.req.header("authorization")?.replace(/^Bearer /, "") ?? "";
    if (token === undefined || !timingSafeEqual(digest(given), digest(token))) {
      return context.json({ code: "UNAUTHORIZED" }, 401);
    }
    const call = Object.hasOwn(admin, context.req.param("name")) ? admin[context.req.param("name")] : undefined;
    if (!call) return context.json({ code: "UNKNOWN_CALL", accepted: Object.keys(admin) }, 404);
    await call();
    return context.json({ done: true });
  });
  return listen(app, { host, port });
}

/** An application of hono, or of another library with the same interface. */
type Application = { fetch: Parameters<typeof serve>[0]["fetch"] };

/**
 * Serves an application.
 *
 * @param address `port` 0: any free one, which `url` has
 * @returns the server of node beside its address; `stop` ends open connections
 */
export async function listen(
  app: Application,
  { host, port }: { host: string; port: number },
): Promise<RunningServer & { server: ServerType }> {
  const server = await new Promise<ServerType>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(started));
    started.once("error", reject);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    server,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
