package server

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sigil-server/sigil/appbase"
	"github.com/sigil-server/sigil/scripting"
)

// outcome is what came of one build.
type outcome struct {
	tenant  *tenant
	source  appbase.Source
	inputs  []string // files that were read; nil when not known
	fresh   bool     // a new generation serves
	err     error
	touched bool
}

// inputsAfter are the files to watch after the build: those it read, and if it failed those of the builds before too.
func (o outcome) inputsAfter(before []string) []string {
	if o.err == nil {
		return o.inputs
	}
	all := slices.Concat(before, o.inputs)
	slices.Sort(all)
	return slices.Compact(all)
}

// build compiles an app and, if its sources differ from what serves, loads it. It runs on a goroutine of its own.
func (c *catalog) build(ctx context.Context, a *app, src appbase.Source) (o outcome) {
	began := time.Now()
	defer func() { c.options.metrics.built(a.name, o, time.Since(began)) }()
	o.source = src
	program, err := c.compile(ctx, src)
	if err != nil {
		o.err = err
		var failed interface{ Inputs() []string }
		if errors.As(err, &failed) {
			o.inputs = failed.Inputs()
		}
		return o
	}
	o.inputs = program.Inputs()
	if program.Hash() == a.current.Load().hash {
		o.err = lasting(a.prepare(ctx, src)) // they may have changed alone
		return o
	}
	if o.err = lasting(a.load(ctx, src, program)); o.err == nil {
		o.fresh = true
		warn(a, program)
	}
	return o
}

// compile waits for a core, then compiles.
func (c *catalog) compile(ctx context.Context, src appbase.Source) (*scripting.Program, error) {
	select {
	case c.compiles <- struct{}{}:
		defer func() { <-c.compiles }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return appbase.Compile(ctx, src)
}

// lasting is err as it can be kept: without the runtime in which it was thrown.
func lasting(err error) error {
	var many scripting.Errors
	if errors.As(err, &many) {
		return err
	}
	var script *scripting.Error
	if errors.As(err, &script) {
		return script.Detached()
	}
	return err
}

// publish makes known what came of a build: in the app's snapshot, in the log, and to Loaded.
func (c *catalog) publish(o outcome) {
	a := o.tenant.app
	before := a.current.Load()
	switch {
	case o.err != nil:
		a.failed(o.source, o.err)
		if o.touched || before.err == nil || before.err.Error() != o.err.Error() {
			a.log.Error(mishap(before), "error", o.err)
		}
	case o.fresh:
		a.log.Debug("app loaded", "generation", before.generation, "hash", before.hash)
		if c.loaded {
			c.options.Loaded([]AppInfo{a.info()})
		}
	default:
		a.mended(o.source)
		if before.err != nil {
			a.log.Info("the app is again what serves already", "generation", before.generation)
		}
	}
}

func mishap(before *snapshot) string {
	if before.routes == nil {
		return "the app cannot be loaded"
	}
	return "the new code cannot be loaded; the generation before goes on"
}

// warn logs what the author may not have meant.
func warn(a *app, program *scripting.Program) {
	for _, w := range program.Warnings() {
		a.log.Warn("compiler warning", "error", w)
	}
	now := a.current.Load()
	if text := now.parallel.Warning; text != "" {
		a.log.Warn("the app runs on several workers", "warning", text)
	}
	a.warnWider(now.routes)
	a.warnUnheard(now.routes)
	for _, route := range now.routes.All() {
		if file := shadowed(now.source, route); file != "" {
			a.log.Warn("a route hides a public file", "route", route.String(), "file", file)
		}
	}
}

// shadowed is the file of public/ that cannot be reached because a route answers in its place; "" if there is none.
func shadowed(src appbase.Source, route *appbase.Route) string {
	dir := src.PublicDir()
	if dir == "" || strings.ContainsAny(route.Path, ":*") {
		return ""
	}
	name := strings.TrimPrefix(route.Path, "/")
	if name == "" {
		name = indexFile
	}
	file := filepath.Join(dir, filepath.FromSlash(name))
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return file
}
