import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const appFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

describe("check", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "counterpoise-check-"));
    writeFileSync(path.join(folder, "good.csv"), "timestamp_unix,open,high,low,close\n1516000000,1,1,1,1\n");
    writeFileSync(path.join(folder, "bad.csv"), "timestamp_unix,open,high,low,close\n1516000000,1,1,1,0\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const check = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "src/check.ts", ...args], {
      cwd: appFolder,
      env: { ...process.env, INIT_CWD: folder },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  test("default", () => {
    expect(check("--prices", "good.csv", "--json", "out.json")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("behavior: help", () => {
    expect(check("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("Usage: npx -y pnpm@10 demo") });
  });

  test.each([
    ["unknown option", ["--speed"], 2, "Unknown option '--speed' (see `npx -y pnpm@10 demo --help`)"],
    ["missing file", ["--prices", "none.csv"], 1, "none.csv: no such file"],
    ["bad row", ["--prices", "bad.csv"], 1, "bad.csv, row 2: close is 0: a price must be positive"],
    ["report into no folder", ["--json", "no/out.json"], 2, "--json: there is no folder"],
    ["report onto a folder", ["--json", "."], 2, "--json needs a file"],
  ])("error: %s", (_, args, status, message) => {
    const result = check(...args);
    expect(result).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
    expect(result.stderr.trimEnd()).not.toContain("\n");
  });
});
