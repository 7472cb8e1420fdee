// The generated files of packages/relayer-client. A test compares them with the API.
import { fileURLToPath } from "node:url";
import openapiTs, { astToString } from "openapi-typescript";
import { openApiDocument } from "../src/api.js";

const inClient = (name: string) => fileURLToPath(new URL(`../../../packages/relayer-client/${name}`, import.meta.url));

/** Where the files are. */
export const targets = { document: inClient("openapi.json"), types: inClient("src/generated/schema.ts") };

const HEADER = "// Generated from the relayer's OpenAPI document by apps/relayer/tools/generate.ts. Do not edit.\n";

/** The OpenAPI document, and its types. */
export async function generateClient(): Promise<{ document: string; types: string }> {
  const document = openApiDocument();
  const types = astToString(await openapiTs(document as never, { alphabetize: true }));
  return { document: `${JSON.stringify(document, undefined, 2)}\n`, types: `${HEADER}${types}` };
}
