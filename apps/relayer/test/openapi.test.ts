// The client package is what the API says, and its document keeps the promises of docs/relayer.md.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openApiDocument } from "../src/api.js";
import { errorCodes } from "../src/errors.js";
import { generateClient, targets } from "../tools/client-files.js";

test("behavior: the client package is up to date (pnpm --filter @counterpoise/relayer generate)", async () => {
  const { document, types } = await generateClient();
  expect(readFileSync(targets.document, "utf8")).toBe(document);
  expect(readFileSync(targets.types, "utf8")).toBe(types);
});

type Document = {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: unknown }> }> }>
  >;
  components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> };
};

test("behavior: all paths have the version, and all errors one shape", () => {
  const { paths, components } = openApiDocument() as unknown as Document;
  expect(Object.keys(paths).length).toBeGreaterThan(8);
  for (const [path, methods] of Object.entries(paths)) {
    expect(path.startsWith("/v1/")).toBe(true);
    for (const { responses } of Object.values(methods)) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400 || path === "/v1/health") continue;
        expect(content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Error" });
      }
    }
  }
  expect(components.schemas.Error?.properties.code?.enum).toEqual(Object.keys(errorCodes));
});
