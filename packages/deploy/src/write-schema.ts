// Writes the JSON Schemas of configurations: `deployments/schema/`.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@counterpoise/toolchain";
import { jsonSchemas } from "./config.js";

const folder = path.join(repositoryRoot, "deployments/schema");
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(schema, undefined, 2)}\n`);
}
