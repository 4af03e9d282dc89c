// Package apps holds the sample apps. The program carries of them what `sigil new` makes copies of.
package apps

import "embed"

// Gateway has the sources of the gateway below "gateway/".
//
//go:embed gateway/*.ts
var Gateway embed.FS
