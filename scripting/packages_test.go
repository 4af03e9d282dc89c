package scripting_test

import "testing"

// Of a package with several builds the one is taken that needs nothing of Node.js, however the package says which that is.
func TestBrowserBuilds(t *testing.T) {
	needsNode := `import "node:fs"; export default "node";`
	for name, files := range map[string]map[string]string{
		"a field": {
			"node_modules/p/package.json": `{ "name": "p", "main": "main.js", "browser": "browser.js" }`,
			"node_modules/p/main.js":      needsNode, "node_modules/p/browser.js": `export default "browser";`,
		},
		"files in place of others": {
			"node_modules/p/package.json": `{ "name": "p", "main": "main.js", "browser": { "./node.js": "./browser.js" } }`,
			"node_modules/p/main.js":      `export { default } from "./node.js";`,
			"node_modules/p/node.js":      needsNode, "node_modules/p/browser.js": `export default "browser";`,
		},
		"modules that are left out": {
			"node_modules/p/package.json": `{ "name": "p", "main": "main.js", "browser": { "crypto": false } }`,
			"node_modules/p/main.js":      `import crypto from "crypto"; export default crypto.randomBytes ? "node" : "browser";`,
		},
		"files that are left out": {
			"node_modules/p/package.json": `{ "name": "p", "main": "main.js", "browser": { "./node.js": false, "./none": false } }`,
			"node_modules/p/main.js":      `const node = require("./node.js"), none = require("./none"); module.exports = Object.keys({ ...node, ...none }).length ? "node" : "browser";`,
			"node_modules/p/node.js":      `exports.fs = require("node:fs");`,
		},
		"conditions": {
			"node_modules/p/package.json": `{ "name": "p", "exports": { "browser": "./browser.js", "default": "./main.js" } }`,
			"node_modules/p/main.js":      needsNode, "node_modules/p/browser.js": `export default "browser";`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			files["app.ts"] = `import which from "p"; export const result = which;`
			_, exports := run(t, files, nil)
			if got := exports.Get("result").String(); got != "browser" {
				t.Errorf("got %s", got)
			}
		})
	}
}
