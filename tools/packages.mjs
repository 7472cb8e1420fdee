// Checks the manifests of all packages, run by `pnpm lint`: packages that are not published are private, and published ones
// list their files, repository and licence.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "@counterpoise/toolchain";

const PUBLISHED = ["@counterpoise/sdk"];

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {string[]} [files]
 * @property {unknown} [repository]
 * @property {string} [license]
 */

/**
 * @param {Manifest[]} manifests
 * @param {string[]} published
 * @returns {string[]}
 */
export function faultsOf(manifests, published = PUBLISHED) {
  const missing = published.filter((name) => !manifests.some((manifest) => manifest.name === name));
  return [
    ...missing.map((name) => `${name} is published and does not exist`),
    ...manifests.flatMap((manifest) => {
      const { name, license } = manifest;
      if (license === undefined) return [`${name} has no license`];
      if (!published.includes(name)) return manifest.private ? [] : [`${name} is not published, and must be private`];
      const lacking = /** @type {const} */ (["files", "repository"]).filter((field) => manifest[field] === undefined);
      return [
        ...(manifest.private ? [`${name} is published, and must not be private`] : []),
        ...lacking.map((field) => `${name} has no ${field}`),
      ];
    }),
  ];
}

function main() {
  const manifests = ["packages", "apps"]
    .flatMap((parent) => readdirSync(path.join(repositoryRoot, parent)).map((name) => path.join(parent, name)))
    .map((folder) => path.join(repositoryRoot, folder, "package.json"))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")));
  const faults = faultsOf(manifests);
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) console.log(`${manifests.length} packages, ${PUBLISHED.length} of them published`);
  return faults.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
