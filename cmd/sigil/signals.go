package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// exitKilled is the exit code after a second signal: 128 and the number of SIGINT, as shells count.
const exitKilled = 130

// untilSignal returns a context that the first SIGINT or SIGTERM ends; a second one ends the process at once. release
// waits until nothing of it is left.
func untilSignal(stderr io.Writer) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2) // both, however close they come
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for range 2 {
			select {
			case <-done:
				return
			case s := <-signals:
				if ctx.Err() != nil {
					os.Exit(exitKilled)
				}
				fmt.Fprintf(stderr, "%v: stopping; once more ends it at once\n", s)
				cancel()
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		<-gone
		cancel()
	}
}
