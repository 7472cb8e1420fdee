import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const readme = fileURLToPath(new URL("../../../packages/sdk/README.md", import.meta.url));
// In this folder the imports of the examples resolve as they do for a user of the installed package.
const installed = fileURLToPath(new URL("../node_modules", import.meta.url));

/** The function of an example. The SDK's own tests compile the examples against the package's types. */
export type Example = (...parameters: unknown[]) => unknown;

/** Returns the functions that the examples of the SDK's README export. */
export async function readmeExamples(): Promise<Record<string, Example>> {
  mkdirSync(installed, { recursive: true });
  const folder = mkdtempSync(join(installed, ".readme-"));
  try {
    const sources = [...readFileSync(readme, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
    const modules = sources.map(async ([, source = ""], index) => {
      const { outputText } = ts.transpileModule(source, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      const file = join(folder, `example-${index}.mjs`);
      writeFileSync(file, outputText);
      return (await import(pathToFileURL(file).href)) as Record<string, Example>;
    });
    return Object.assign({}, ...(await Promise.all(modules)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
