import { expect, test } from "vitest";
import { faultsOf } from "./packages.mjs";

const published = { name: "sdk", license: "MIT", files: ["dist"], repository: {} };

test("default: a complete published package and a private one", () => {
  expect(faultsOf([published, { name: "app", license: "MIT", private: true }], ["sdk"])).toEqual([]);
});

test("error: each fault of a manifest", () => {
  const manifests = [
    { name: "sdk", license: "MIT", private: true },
    { name: "app", license: "MIT" },
    { name: "other" },
  ];
  expect(faultsOf(manifests, ["sdk", "old"])).toEqual([
    "old is published and does not exist",
    "sdk is published, and must not be private",
    "sdk has no files",
    "sdk has no repository",
    "app is not published, and must be private",
    "other has no license",
  ]);
});
