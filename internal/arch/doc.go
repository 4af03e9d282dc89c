// Package arch holds the shape of the project as tests: which package may import which, which library has which door, and
// how long a file and a function may be. It has no code of its own.
package arch
