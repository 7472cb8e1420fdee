import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const sdk = fileURLToPath(new URL("../../../packages/sdk", import.meta.url));

/** A project outside the repository that has installed the SDK's tarball and its peers. */
export type PackedProject = { folder: string; remove: () => void };

/** Packs the SDK as npm would publish it, and installs it into an empty project beside the peers. */
export function packedProject(peers: readonly string[]): PackedProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "counterpoise-app-")));
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: sdk,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const installed = join(folder, "node_modules", "@counterpoise", "sdk");
  mkdirSync(installed, { recursive: true });
  const tarball = join(folder, JSON.parse(packed)[0].filename);
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  for (const peer of peers) {
    const link = join(folder, "node_modules", peer);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(sdk, "node_modules", peer)), link);
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
