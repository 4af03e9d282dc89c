// Command sigil hosts apps written as annotated JavaScript or TypeScript classes. It reads arguments, environment and
// configuration, builds the parts and runs them; everything else is in the packages below.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	_ "time/tzdata" // time zones, for systems that have none
)

// version is set at release: -ldflags "-X main.version=1.2.3".
var version = "dev"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the whole program: it returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, release := untilSignal(stderr)
	defer release()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		printError(stderr, err)
		return 1
	}
	return 0
}

// errReported ends the program with exit code 1 when everything has been said already.
var errReported = errors.New("reported")

func printError(w io.Writer, err error) {
	if errors.Is(err, errReported) {
		return
	}
	fmt.Fprintf(w, "sigil: %v\n", err)
	var hint interface{ Hint() string }
	if errors.As(err, &hint) {
		fmt.Fprintf(w, "  %s\n", hint.Hint())
	}
}
