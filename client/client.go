// Package client is the browser's and Node's side of the realtime protocol: one JavaScript module without dependencies, which
// the server serves at /sigil.js and npm packs from this folder. sigil.js is made of src by go generate.
package client

import _ "embed" // the module

//go:generate go run ./pack

//go:embed sigil.js
var script []byte

// Script is the module's source. The caller must not change it.
func Script() []byte { return script }
