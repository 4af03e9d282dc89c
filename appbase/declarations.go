package appbase

// Declarations are the TypeScript declarations of everything an app sees, as one ambient file: what stands in sigil.d.ts,
// then each host module's own.
func Declarations() string { return "" }
