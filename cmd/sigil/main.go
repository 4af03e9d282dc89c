// Command sigil hosts apps written as annotated JavaScript or TypeScript classes. It reads arguments, environment and
// configuration, builds the parts and runs them; everything else is in the packages below.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
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
	if hint := hintFor(err); hint != "" {
		fmt.Fprintf(w, "  hint: %s\n", hint)
	}
}

// hintFor is what to do about an error, or "".
func hintFor(err error) string {
	var listen *net.OpError
	switch {
	case !errors.As(err, &listen) || listen.Op != "listen":
		return ""
	case errors.Is(err, syscall.EADDRINUSE):
		return "another server has that port, perhaps this one already; --listen and --admin name others, --admin off needs none"
	case errors.Is(err, fs.ErrPermission):
		return "ports below 1024 are not for everybody: give the program CAP_NET_BIND_SERVICE, or let a proxy stand in front"
	}
	return ""
}
