// Prints one SHA-256 over the creation and runtime bytecode of every contract of src. A commit that changes only
// comments must not change it. Build first:
//
//   node packages/contracts/tools/artifact-hash.mjs [--profile-out DIR]
//
// DIR is the artifact folder of another profile, for example packages/contracts/out-quick; the default is
// packages/contracts/out, the build that ships.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const packageDir = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const src = path.join(packageDir, "src");

/**
 * The artifacts of the contracts that a source file declares, by contract name. Artifacts of contracts that the file no
 * longer declares can remain in the folder; they are skipped.
 *
 * @param {string} out
 * @param {string} source path below src
 */
function artifactsOf(out, source) {
  const code = readFileSync(path.join(src, source), "utf8");
  const folder = path.join(out, path.basename(source));
  return Array.from(code.matchAll(/^(?:abstract )?(?:contract|library|interface) (\w+)/gm), ([, name]) => {
    const file = path.join(folder, `${name}.json`);
    if (!existsSync(file)) throw new Error(`${file} does not exist: build the contracts first`);
    const { bytecode, deployedBytecode } = JSON.parse(readFileSync(file, "utf8"));
    return { name: `${source}:${name}`, creation: bytecode.object, runtime: deployedBytecode.object };
  });
}

const { values } = parseArgs({ options: { "profile-out": { type: "string", default: path.join(packageDir, "out") } } });
const artifacts = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((source) => source.endsWith(".sol"))
  .flatMap((source) => artifactsOf(path.resolve(values["profile-out"]), source.replaceAll(path.sep, "/")))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const hash = createHash("sha256");
for (const { name, creation, runtime } of artifacts) hash.update(`${name}\n${creation}\n${runtime}\n`);
console.log(`${hash.digest("hex")}  ${artifacts.length} artifacts`);
