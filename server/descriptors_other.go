//go:build !unix

package server

// raiseDescriptors has nothing to raise on this system.
func raiseDescriptors() (int, error) { return fallbackDescriptors, nil }
