// Copies what the pages ship from npm's packages into third_party/, unchanged; with --check, tells whether that has been done.
// The bundler is Go and reads third_party/, so that building needs no Node.
import { cpSync, readFileSync } from "node:fs";

const files = {
  "amazon-connect-chatjs": ["LICENSE", "dist/amazon-connect-chat.js"],
  preact: ["LICENSE", "package.json", "dist/preact.mjs", "hooks/dist/hooks.mjs", "jsx-runtime/dist/jsxRuntime.mjs"],
};

const check = process.argv.includes("--check");
const stale = [];
for (const [name, paths] of Object.entries(files)) {
  for (const path of paths) {
    const from = new URL(`node_modules/${name}/${path}`, import.meta.url);
    const to = new URL(`third_party/${name}/${path}`, import.meta.url);
    if (!check) {
      cpSync(from, to);
    } else if (!readFileSync(from).equals(readFileSync(to))) {
      stale.push(`third_party/${name}/${path}`);
    }
  }
}
if (stale.length > 0) {
  console.error(`differs from npm's package (npm run vendor): ${stale.join(", ")}`);
  process.exit(1);
}
