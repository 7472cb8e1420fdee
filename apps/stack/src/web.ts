// The web app of the stack: its files, its configuration, and the intake of signed orders for the stack's keepers.
import { appendFileSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { signedOrderTypedData } from "@counterpoise/sdk";
import { InvalidSignedOrderError, parseSubmission, serializeSubmission } from "@counterpoise/sdk/relay";
import { listen } from "@counterpoise/service-kit";
import { buildWeb } from "@counterpoise/web/build";
import { securityHeaders } from "@counterpoise/web/security";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Venue } from "./venue.js";

/** The file of signed orders, which keepers read. */
export const ordersFileOf = (folder: string): string => path.join(folder, "orders.jsonl");

/** Bytes of the file: keepers read no larger one. */
const MAX_FILE = 4_000_000;
/** Bytes of one order. */
const MAX_BODY = 32_768;

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** The configuration of the app on this venue. */
function configOf({ anvil, deploymentFile, prices, visitors }: Venue, indexerUrl: string) {
  return {
    chainName: "Counterpoise devnet",
    rpcUrls: [anvil.rpcUrl],
    pollingInterval: 1_000,
    priceUrls: [prices.url],
    ordersUrl: "/v1/orders",
    indexerUrl,
    localAccounts: visitors.map(({ address }) => address),
    markets: [JSON.parse(readFileSync(deploymentFile, "utf8")) as unknown],
  };
}

/** Builds the app, and serves it on the loopback interface. */
export async function startWeb(
  venue: Venue,
  { folder, port, indexerUrl }: { folder: string; port: number; indexerUrl: string },
) {
  const files = await buildWeb({ outDir: path.join(folder, "web"), mode: "stack" });
  const config = JSON.stringify(configOf(venue, indexerUrl));
  const headers = securityHeaders([venue.anvil.rpcUrl, venue.prices.url, indexerUrl]);
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  });
  app.get("/config.json", (context) => context.body(config, 200, { "Content-Type": "application/json" }));
  app.post("/v1/orders", bodyLimit({ maxSize: MAX_BODY }), async (context) => {
    const file = ordersFileOf(folder);
    try {
      const submission = parseSubmission(await context.req.json().catch(() => undefined));
      const { order, signature } = submission;
      const data = signedOrderTypedData(venue.deployment, order);
      if (!(await venue.deployer.verifyTypedData({ address: order.account, signature, ...data })))
        return context.json({ code: "INVALID_SIGNATURE", limit: "the signature of the order's account" }, 400);
      const line = `${JSON.stringify(serializeSubmission(submission))}\n`;
      if (existsSync(file) && statSync(file).size + line.length > MAX_FILE)
        return context.json({ code: "TOO_MANY_ORDERS", limit: `${MAX_FILE} bytes` }, 503);
      appendFileSync(file, line);
      return context.json({ id: String(order.id) }, 201);
    } catch (error) {
      if (!(error instanceof InvalidSignedOrderError)) throw error;
      return context.json({ code: "INVALID_ORDER", limit: `${error.field}: ${error.accepted}` }, 400);
    }
  });
  app.get("*", (context) => {
    const name = path.normalize(decodeURIComponent(new URL(context.req.url).pathname));
    const file = path.join(files, name);
    const isFile = file.startsWith(`${files}${path.sep}`) && existsSync(file) && statSync(file).isFile();
    if (!isFile && path.extname(name) !== "") return context.text("Not found", 404);
    // Every other address is one of the app's own pages.
    const served = isFile ? file : path.join(files, "index.html");
    const type = types[path.extname(served)] ?? "application/octet-stream";
    return context.body(readFileSync(served), 200, { "Content-Type": type });
  });
  return listen(app, { host: "127.0.0.1", port });
}
