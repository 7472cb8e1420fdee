// Tools that come from PyPI: from PATH, or from the folder that `--install` makes.
import { existsSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "./foundry.mjs";
import { run } from "./process.mjs";

/** The versions that CI uses. */
export const VERSIONS = { "slither-analyzer": "0.11.6", "crytic-compile": "0.4.2", halmos: "0.3.3", cvc5: "1.4.2" };

const folder = path.join(repositoryRoot, ".venv");
const scripts = path.join(folder, process.platform === "win32" ? "Scripts" : "bin");

/**
 * The path of a Python tool, or undefined with a word on how to get it.
 *
 * @param {string} tool
 * @param {keyof typeof VERSIONS} packageName
 * @returns {Promise<string | undefined>}
 */
export async function pythonTool(tool, packageName) {
  if (process.argv.includes("--install")) await install();
  const found = [scripts, ...(process.env.PATH ?? "").split(path.delimiter)]
    .map((directory) => path.join(directory, tool))
    .find((candidate) => existsSync(candidate));
  if (found === undefined) {
    console.error(
      `${tool} is neither in .venv nor on PATH. Add --install to put it into .venv (needs Python 3.10 or later), or:\n` +
        `  pip install ${packageName}==${VERSIONS[packageName]}`,
    );
  }
  return found;
}

async function install() {
  if (!existsSync(folder) && (await run("python3", ["-m", "venv", folder])) !== 0) {
    throw new Error("python3 -m venv failed");
  }
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`);
  const exitCode = await run(path.join(scripts, "pip"), [
    "install",
    "--quiet",
    "--disable-pip-version-check",
    ...packages,
  ]);
  if (exitCode !== 0) throw new Error("pip failed");
}
